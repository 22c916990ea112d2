-- How long orders were in each dispute status that they left in a period, and how long decisions took, in seconds.
select status, count(*) as times, percentile_cont(0.5) within group (order by seconds) as median,
  percentile_cont(0.9) within group (order by seconds) as ninetieth
from (
  select from_status as status, extract(epoch from happened_at - came_at)::float8 as seconds
  from (
    select t.from_status, t.happened_at, lag(t.happened_at) over (partition by t.order_id order by t.seq) as came_at
    from transition t
    where t.order_id in (select order_id from dispute_case where (closed_at is null or closed_at >= $1) and opened_at < $2)
      and t.from_status <> t.to_status and (t.from_status in ('dispute', 'disputed', 'dispute_resolved') or t.to_status = 'dispute')) moved
  where from_status in ('dispute', 'disputed', 'dispute_resolved') and happened_at >= $1 and happened_at < $2
  union all
  select 'decision', extract(epoch from decided_at - opened_at)::float8 from dispute_case where decided_at >= $1 and decided_at < $2
  union all
  select 'first_answer', extract(epoch from answered_at - opened_at)::float8 from dispute_case where answered_at >= $1 and answered_at < $2
) stood group by status order by array_position(array['first_answer', 'dispute', 'disputed', 'decision', 'dispute_resolved'], status)
