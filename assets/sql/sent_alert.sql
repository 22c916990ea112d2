-- Writes what became of a delivery: it arrived, or it is tried again after so many seconds.
update alert_delivery set fault = $2, sent_at = case when $2::text is null then clock_timestamp() end,
  due_at = clock_timestamp() + make_interval(secs => $3)
where id = $1 and sent_at is null
