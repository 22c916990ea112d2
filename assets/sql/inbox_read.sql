-- Marks items as read, or all of them.
update inbox set read_at = now() where person = $1 and read_at is null and ($2::bigint[] is null or id = any($2))
