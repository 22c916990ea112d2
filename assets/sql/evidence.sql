-- The latest evidence about each of these orders, up to a limit, oldest first.
select e.order_id, e.kind, e.action, e.result, e.status, e.detail, e.happened_at, e.recorder
from unnest($1::text[]) o cross join lateral (
  select * from evidence where order_id = o order by happened_at desc, id desc limit $2) e
order by e.order_id, e.happened_at, e.id
