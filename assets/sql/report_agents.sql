-- How many cases each agent decided in a period, how many others approved, and the median time.
select coalesce(d.proposed_by, d.decided_by) as agent, count(*) as decided, count(*) filter (where d.approved_by is not null) as approved_by_others,
  percentile_cont(0.5) within group (order by extract(epoch from d.decided_at - c.opened_at)::float8) as median
from decision d join dispute_case c on c.order_id = d.order_id and c.number = d.number
where d.decided_at >= $1 and d.decided_at < $2 and d.basis = 'settled' group by 1 order by 2 desc, 1 limit 50
