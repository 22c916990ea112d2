-- The rows of a plan after a place that have no result yet, up to a limit.
select r.place, r.order_id, r.version, r.follow, r.amount, null::text as outcome, null::text as message, null::int as seq,
  null::timestamptz as at, null::text as recorder
from plan_row r where r.plan = $1 and r.place > $2
  and not exists (select from plan_result e where e.plan = r.plan and e.place = r.place)
order by r.place limit $3
