-- What was recorded under a request id.
select order_id, seq, request_digest from transition where request_id = $1 order by order_id limit 1
