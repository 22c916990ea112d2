-- The latest case of each of these orders with its decision, for an export. Neither contains internal notes.
select distinct on (c.order_id) c.order_id, c.number, c.stage, c.owner, c.reason, c.claimed, c.opened_at, c.decided_at, c.closed_at,
  d.basis, d.to_seller, d.to_buyer, d.decided_by, d.approved_by,
  (select json_agg(json_build_object('party', p.party, 'amount', p.amount, 'seq', p.seq, 'state', p.state, 'reference', p.reference)
    order by p.party desc)::text from payout p where p.order_id = c.order_id) as payouts,
  (select sum(p.amount)::bigint from payout p where p.order_id = c.order_id and p.state = 'confirmed') as paid
from dispute_case c left join decision d on d.order_id = c.order_id and d.number <= c.number
where c.order_id = any($1) order by c.order_id, c.number desc
