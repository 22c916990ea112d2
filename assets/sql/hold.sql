-- Quarantines facts that could not be applied, with their bytes, under the number of their import.
with run as materialized (select coalesce($12, nextval('import_number')) as nr)
insert into quarantine (import, key, order_id, provider, happened_at, raw, why, detail, merchant, message, readings, early)
select nr, k, o, p, h, r, w, d, coalesce(s, (select merchant from orders where id = o), ''), m, j::jsonb, e
from unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bool[],
  $10::text[], $11::text[]) as given (k, o, p, h, r, w, m, j, e, d, s), run
returning id, early, import
