-- The last thing that happened to a plan.
select what from plan_event where plan = $1 order by seq desc limit 1
