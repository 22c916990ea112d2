-- The open requests of these orders.
select r.id, r.order_id, r.version, r.account, r.action, r.actor, r.amount, o.currency, r.state, r.attempts, r.asked_by, r.created_at, r.sent_at,
  r.ended_at, r.reference, r.message, r.seq, r.plan
from request r join orders o on o.id = r.order_id
where r.order_id = any($1) and r.state in ('to_approve', 'queued', 'sending', 'unknown')
