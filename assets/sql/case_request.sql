-- The event of an order's cases under a request id, its case's number, and the digest of the request's body.
select number, seq, request_digest from case_event where order_id = $1 and request_id = $2
