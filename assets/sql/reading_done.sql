-- An order was read.
delete from reading where order_id = $1
