-- The last event of a plan.
select what from plan_event where plan = $1 order by seq desc limit 1
