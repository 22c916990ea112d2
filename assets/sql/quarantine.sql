-- The quarantined facts that wait for a person, oldest first: all, or those of an order, a kind, a word, a merchant and an import.
-- Of a long one only the beginning.
select id, order_id, provider, happened_at, received_at, substr(raw, 1, 20000) as raw, octet_length(raw) as size, why, detail, merchant, import, message, readings::text as readings, early, state, note, settled_by
from quarantine where state = 'waiting' and id > $1 and ($2::text is null or order_id = $2) and ($3::text is null or why = $3)
  and ($4::text is null or detail = $4) and ($5::text is null or merchant = $5) and ($6::bigint is null or import = $6)
order by id limit $7
