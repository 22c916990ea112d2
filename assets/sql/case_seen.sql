-- The case of an order that is open, else its latest; or the one of this number.
select * from case_seen where order_id = $1 and ($2::int is null or number = $2) order by stage = 'closed', number desc limit 1
