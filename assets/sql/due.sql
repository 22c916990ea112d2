-- Orders in these statuses past their deadline, earliest first, except some, and except those of which the provider answered otherwise.
-- With whether each has quarantined facts.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, o.opened_at, o.status, o.version, o.authorised,
  o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer, o.entered_at,
  o.moved_at, o.due_at,
  (select count(*) from (select from quarantine q where q.order_id = o.id and q.state = 'waiting' limit 1) waiting) as quarantined
from unnest($1::text[]) s cross join lateral (
  select * from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2 and id <> all($3)
    and not exists (select from drift d where d.order_id = orders.id)
    and not exists (select from seen x where x.order_id = orders.id and x.outlived = orders.due_at and x.status = orders.status)
  order by provider, status, coalesce(due_at, '9999-01-01Z'::timestamptz), id limit $4) o
limit $4
