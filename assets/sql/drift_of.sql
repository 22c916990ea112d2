-- How these orders differ from the provider's last answer.
select order_id, kind, theirs, said_at from drift where order_id = any($1)
