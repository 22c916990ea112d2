-- Of these orders, those that are still to be read, and why they could not be read.
select order_id, message from reading where order_id = any($1) order by order_id
