-- The quarantined facts that wait for a person, oldest first: of all orders and kinds, or of one.
select id, order_id, provider, happened_at, received_at, raw, why, detail, merchant, message, readings::text as readings, early, state, note, settled_by
from quarantine where state = 'waiting' and id > $1 and ($2::text is null or order_id = $2) and ($3::text is null or (why, detail) = ($3, $4))
order by id limit $5
