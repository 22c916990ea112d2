-- Says that a claimed request is being sent, and holds it meanwhile, if it is still this server's and still waits.
with held as (update request_turn set lease = clock_timestamp() + make_interval(secs => $3) where request = $1 and server = $2 returning request)
select request_goes($1, 'queued', 'sending', null, null, null, $4) from held
