-- The orders that a merchant knows under this number.
select order_id from order_number where lower(number) = lower($1) order by order_id limit $2
