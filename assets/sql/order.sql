-- One order, with what waits beside it.
select * from order_seen where id = $1
