-- Appends to the log and returns when each row was recorded. The key (order, version) is a lock: one writer wins.
insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled,
  captured, refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, due_at, happened_at, source, recorder, reason,
  note, reference, of_capture, inferred, contradictory, request_id, request_digest)
select * from unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[],
  $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::smallint[], $16::bool[], $17::text[],
  $18::bigint[], $19::bigint[], $20::timestamptz[], $21::timestamptz[], $22::text[], $23::text[], $24::text[], $25::text[],
  $26::text[], $27::text[], $28::bool[], $29::bool[], $30::uuid[], $31::bytea[])
returning recorded_at
