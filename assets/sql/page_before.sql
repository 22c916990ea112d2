-- The page of these statuses that ends before a place in them, nearest first.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, o.opened_at, o.status, o.version, o.authorised,
  o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer, o.entered_at,
  o.moved_at, o.due_at,
  (select count(*) from transition t where t.order_id = o.id and t.actor not in ('provider', 'clock') and t.source not in ('notification', 'clock')
    and t.seq > 1 and not exists (select from confirmation c where c.order_id = t.order_id and c.seq = t.seq)) as unconfirmed,
  (select count(*) from quarantine q where q.order_id = o.id and q.state = 'waiting') as quarantined
from (
  select p.* from unnest($1::text[]) s cross join lateral (
    select * from orders where status = s and (entered_at, id) < ($2, $3) order by entered_at desc, id desc limit $4) p
  order by p.entered_at desc, p.id desc limit $4) o
order by o.entered_at desc, o.id desc
