-- Takes the most urgent case that nobody has.
select order_id, number from case_take_next($1, $2)
