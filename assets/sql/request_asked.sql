-- The request under a command's id, and the digest of the command.
select id, request_digest from request where request_id = $1
