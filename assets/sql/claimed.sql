-- Claimed requests with all that is needed to send them, or to find out what became of them.
select r.id, r.order_id, r.version, r.account, r.action, r.actor, r.amount, o.currency, r.details::text as details, r.method, r.path, r.content_type,
  r.body, r.mark, r.note, r.reason, r.plan, r.asked_by, r.state, r.message, r.attempts, r.created_at, r.sent_at, t.looks, t.unknown_since, t.unchanged_at, t.conflict
from request r join request_turn t on t.request = r.id join orders o on o.id = r.order_id where r.id = any($1) order by r.id
