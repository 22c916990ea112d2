-- The case of an order with this number; without a number, its open case, or else its latest.
select * from case_seen where order_id = $1 and ($2::int is null or number = $2) order by stage = 'closed', number desc limit 1
