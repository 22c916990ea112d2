-- Writes what became of a message: it was taken, it is tried again after so many seconds, or it could not be carried.
update message_delivery set state = $4, fault = $5, sent_at = case when $4 = 'sent' then clock_timestamp() end, due_at = clock_timestamp() + make_interval(secs => $6)
where (order_id, number, seq) = ($1, $2, $3) and state = 'queued'
