-- Says whether an account's credentials are accepted, and since when.
update account set health = $2, message = $3, since = case when health = $2 then since else clock_timestamp() end, seen_at = clock_timestamp()
where name = $1 and (health, message) is distinct from ($2, $3)
