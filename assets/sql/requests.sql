-- Requests, the newest first: one, those of an order, of a state, or all before a number.
select r.id, r.order_id, r.version, r.account, r.action, r.actor, r.amount, o.currency, r.state, r.attempts, r.asked_by, r.created_at, r.sent_at,
  r.ended_at, r.reference, r.message, r.seq, r.plan
from request r join orders o on o.id = r.order_id
where ($1::bigint is null or r.id = $1) and ($2::text is null or r.order_id = $2) and ($3::text is null or r.state = $3)
  and ($4::bigint is null or r.id < $4)
order by r.id desc limit $5
