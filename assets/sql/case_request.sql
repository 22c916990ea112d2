-- What was recorded of a case's order under a request id, and the digest of what it asked.
select number, seq, request_digest from case_event where order_id = $1 and request_id = $2
