-- The quarantined facts about these orders that came too early.
select id, order_id, raw, readings::text as readings from quarantine
where order_id = any($1) and state = 'waiting' and early order by id
