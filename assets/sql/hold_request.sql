-- Holds a claimed request while it is sent, if it is still this server's.
update request_turn set lease = clock_timestamp() + make_interval(secs => $3) where request = $1 and server = $2
