-- One quarantined fact, in any state.
select id, order_id, provider, happened_at, received_at, raw, octet_length(raw) as size, why, detail, merchant, import, message, readings::text as readings, early, state, note, settled_by
from quarantine where id = $1
