-- The last request of each of these rows of a plan.
select distinct on (r.place) r.id, r.order_id, r.version, r.account, r.action, r.actor, r.amount, o.currency, r.state, r.attempts, r.asked_by, r.created_at,
  r.sent_at, r.ended_at, r.reference, r.message, r.seq, r.plan, r.place
from request r join orders o on o.id = r.order_id
where r.plan = $1 and r.place = any($2) order by r.place, r.id desc
