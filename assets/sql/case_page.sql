-- A page of cases, the most urgent first, beyond a place.
select c.order_id, c.number, c.currency, c.amount, c.merchant, c.buyer, c.seller, c.opened_at, c.opened_by, c.seq, c.material_event, c.stage, c.waiting,
  c.queue, c.reason, c.claimed, c.owner, c.lease_until, c.clock, shown(c.due_at) as due_at, c.rank, c.level, c.reopened,
  c.answered_at, c.decided_at, c.closed_at, c.snoozed_until, c.buyer_language, c.seller_language, c.reply_event,
  c.reply_event > coalesce((select r.seq from case_read r where r.order_id = c.order_id and r.number = c.number and r.person = {person}), 0) as unread,
  o.status, o.version
from (
  select * from dispute_case c where {queue}
    and (rank, - amount, order_id, number) > ({rank}, {amount}, {order}, {number}) {where}
  order by rank, - amount, order_id, number limit {limit}) c
join orders o on o.id = c.order_id
order by c.rank, - c.amount, c.order_id, c.number
