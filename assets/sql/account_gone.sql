-- Removes the accounts that no server has had for a while, and those that this one no longer has.
delete from account a where not (a.name = any($1)) and (a.seen_at < clock_timestamp() - interval '1 minute' or a.name = any($2))
