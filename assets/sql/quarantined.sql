-- One quarantined fact, whatever became of it.
select id, order_id, provider, happened_at, received_at, raw, why, message, readings::text as readings, early, state, note, settled_by
from quarantine where id = $1
