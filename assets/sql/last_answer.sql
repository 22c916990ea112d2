-- What the provider last answered about an order, and when it moved last here, or was due to.
select e.kind, e.status, e.currency, e.captured, e.canceled, e.refunded, e.happened_at, greatest(o.moved_at, case when o.due_at <= clock_timestamp() then o.due_at end) as moved_at
from orders o left join lateral (select * from evidence where order_id = o.id and (status is not null or kind = 'absent')
  order by happened_at desc, id desc limit 1) e on true where o.id = $1
