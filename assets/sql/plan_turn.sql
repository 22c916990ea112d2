-- Takes the turn to run a plan, for as long as this connection lives; whether it was free.
select pg_try_advisory_lock(hashtext('recourse plan'), $1)
