-- What is recorded under a request id, preferably for this order.
select order_id, seq, request_digest from transition where request_id = $1
order by order_id = $2 desc, order_id limit 1
