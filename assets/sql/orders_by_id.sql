-- Many orders at once, as the law needs them.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, o.opened_at, o.status, o.version, o.authorised,
  o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer, o.entered_at,
  o.moved_at, o.due_at
from orders o where o.id = any($1)
