-- Takes the next places of an account's rate: in how many seconds the first of them is.
update account set paced_until = greatest(paced_until, clock_timestamp()) + make_interval(secs => $2::float8 * $3::float8)
where name = $1 returning greatest(0, extract(epoch from paced_until - clock_timestamp()) - $2::float8 * $3::float8)::float8
