-- One order as the law needs it, whether it has quarantined facts, and whether a request id is recorded.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, o.opened_at, o.status, o.version, o.authorised,
  o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer, o.entered_at,
  o.moved_at, o.due_at,
  (select count(*) from (select from quarantine q where q.order_id = o.id and q.state = 'waiting' limit 1) waiting) as quarantined,
  exists (select from transition t where t.request_id = $2) as requested
from orders o where o.id = $1
