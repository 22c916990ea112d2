-- Gives a request back, to be taken up at another time, with what a reading found out.
update request_turn set server = null, lease = null, next_at = clock_timestamp() + make_interval(secs => $2), looks = looks + $3,
  unchanged_at = case when $4 then coalesce(unchanged_at, clock_timestamp()) end, conflict = conflict or $5
where request = $1
