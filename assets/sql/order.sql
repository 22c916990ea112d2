-- One order, with its quarantined facts and its open case.
select * from order_seen where id = $1
