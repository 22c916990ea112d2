-- The provider said something of these orders: what is not known of them is asked now.
update request_turn t set next_at = clock_timestamp() from request r
where r.id = t.request and r.order_id = any($1) and r.state = 'unknown' and t.lease is null and t.next_at > clock_timestamp()
