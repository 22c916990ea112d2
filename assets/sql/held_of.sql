-- The quarantined facts about these orders.
select order_id, message, readings::text as readings, received_at from quarantine
where order_id = any($1) and state = 'waiting' order by id
