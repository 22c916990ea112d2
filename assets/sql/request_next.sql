-- In how many seconds the next request of these accounts has its turn.
select extract(epoch from min(greatest(next_at, coalesce(lease, next_at))) - clock_timestamp())::float8 from request_turn where account = any($1)
