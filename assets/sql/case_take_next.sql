-- Takes the most urgent unclaimed case.
select order_id, number from case_take_next($1, $2, $3, $4)
