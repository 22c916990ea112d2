-- How long orders stood in each status of a dispute that they left in a period, and how long decisions took: seconds.
select status, count(*) as times, percentile_cont(0.5) within group (order by seconds) as median,
  percentile_cont(0.9) within group (order by seconds) as ninetieth
from (
  select t.from_status as status, extract(epoch from t.happened_at - p.happened_at)::float8 as seconds
  from dispute_case c
  join transition t on t.order_id = c.order_id and t.from_status in ('dispute', 'disputed', 'dispute_resolved') and t.from_status <> t.to_status
    and t.happened_at >= $1 and t.happened_at < $2
  join lateral (select happened_at from transition p where p.order_id = t.order_id and p.seq < t.seq and p.to_status = t.from_status
    and p.from_status <> p.to_status order by p.seq desc limit 1) p on true
  where c.number = 1 and (c.closed_at is null or c.closed_at >= $1) and c.opened_at < $2
  union all
  select 'decision', extract(epoch from decided_at - opened_at)::float8 from dispute_case where decided_at >= $1 and decided_at < $2
  union all
  select 'first_answer', extract(epoch from answered_at - opened_at)::float8 from dispute_case where answered_at >= $1 and answered_at < $2
) stood group by status order by array_position(array['first_answer', 'dispute', 'disputed', 'decision', 'dispute_resolved'], status)
