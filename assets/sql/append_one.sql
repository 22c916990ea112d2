-- Appends one row to the log and returns when it was recorded.
insert into transition (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled,
  captured, refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, due_at, happened_at, source, recorder, reason,
  note, reference, of_capture, inferred, contradictory, request_id, request_digest)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
  $27, $28, $29, $30, $31)
returning recorded_at
