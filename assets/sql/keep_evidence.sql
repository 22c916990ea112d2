-- Stores what was attempted or observed about orders.
insert into evidence (order_id, kind, action, result, status, detail, happened_at, recorder, currency, captured, canceled, refunded)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[],
  $9::text[], $10::bigint[], $11::bigint[], $12::bigint[])
