-- Takes the next places of an account's rate: in how many seconds the first of them is.
-- The commit does not wait for the disk: after a crash of the server, a few calls may go out sooner than the rate.
with soon as (select set_config('synchronous_commit', 'off', true))
update account set paced_until = greatest(paced_until, clock_timestamp()) + make_interval(secs => $2::float8 * $3::float8) from soon
where name = $1 returning greatest(0, extract(epoch from paced_until - clock_timestamp()) - $2::float8 * $3::float8)::float8
