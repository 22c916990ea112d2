-- Takes the lock to run a plan for as long as this connection lives, if it is free; returns whether it was.
select pg_try_advisory_lock(hashtext('recourse plan'), $1)
