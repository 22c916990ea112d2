-- How these orders of Tamara differ from the provider's last answer.
select order_id, kind, theirs, said_at from drift where order_id = any($1) and starts_with(order_id, 'tamara:')
