-- The clocks of a case that have not ended, and the policy they run by.
select name, due_at, rest from case_clock where order_id = $1 and number = $2 and ended_at is null order by due_at nulls last, name
