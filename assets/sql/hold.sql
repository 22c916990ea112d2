-- Quarantines facts that could not be applied, with their bytes.
insert into quarantine (key, order_id, provider, happened_at, raw, why, detail, merchant, message, readings, early)
select k, o, p, h, r, w, d, coalesce(s, (select merchant from orders where id = o), ''), m, j::jsonb, e
from unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bool[],
  $10::text[], $11::text[]) as given (k, o, p, h, r, w, m, j, e, d, s)
returning id, early
