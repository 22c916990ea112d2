-- An order could not be read: it is read again later.
update reading set server = null, lease = null, next_at = clock_timestamp() + make_interval(secs => $2), message = $3 where order_id = $1
