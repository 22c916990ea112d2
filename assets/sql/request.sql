-- What was recorded under a request id, of this order if it was.
select order_id, seq, request_digest from transition where request_id = $1
order by order_id = $2 desc, order_id limit 1
