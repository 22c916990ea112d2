-- A page of cases, the most urgent first, beyond a place.
select c.order_id, c.number, c.currency, c.amount, c.merchant, c.buyer, c.seller, c.opened_at, c.opened_by, c.seq, c.material_event, c.stage, c.waiting,
  c.queue, c.reason, c.claimed, c.owner, c.lease_until, c.clock, shown(c.due_at) as due_at, c.rank, c.level, c.reopened,
  c.answered_at, c.decided_at, c.closed_at, o.status, o.version
from (
  select * from dispute_case c where {queue}
    and (rank, - amount, order_id, number) > ({rank}, {amount}, {order}, {number}) {where}
  order by rank, - amount, order_id, number limit {limit}) c
join orders o on o.id = c.order_id
order by c.rank, - c.amount, c.order_id, c.number
