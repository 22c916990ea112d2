-- The plan under a request id, and the digest of the request's body.
select number, request_digest from plan where request_id = $1
