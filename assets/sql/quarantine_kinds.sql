-- How many facts are in quarantine of each kind, the most first.
select why as kind, detail, sum(facts)::bigint as facts, coalesce((array_agg(merchant order by facts desc, merchant) filter (where merchant <> ''))[1:10], '{}') as merchants, min(oldest) as oldest
from (select why, detail, merchant, count(*) as facts, min(received_at) as oldest from quarantine where state = 'waiting' group by 1, 2, 3) each
group by why, detail order by facts desc, why, detail
