-- Says that a server still has these accounts.
update account set seen_at = clock_timestamp() where name = any($1)
