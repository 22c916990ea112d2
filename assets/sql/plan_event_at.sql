-- What was recorded as an event of a plan, and by whom: to find out what became of a lost answer.
select what, recorder from plan_event where plan = $1 and seq = $2
