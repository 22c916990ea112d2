-- The log, order by order, with every field that the hash covers: of all orders, or of those that moved since.
select order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
  refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, shown(due_at) as due_at, shown(happened_at) as happened_at,
  shown(recorded_at) as recorded_at, source, recorder,
  login, reason, note, salt, personal, reference, of_capture, inferred, contradictory, request_id, request_digest, epoch, xid::text as xid, hash, state, before, needs_confirmation
from transition where $1::timestamptz is null or order_id in (select order_id from transition where recorded_at >= $1)
order by order_id, seq
