-- The account that sends for each of these orders, where one does: one that names its merchant, before one of all merchants.
select o.id as order_id, a.name, a.provider, a.merchants, a.environment, a.sends, a.shipping_company, a.health, a.message, a.since, a.seen_at
from orders o cross join lateral (
  select * from account a where a.provider = o.provider and a.sends and (o.merchant = any(a.merchants) or '*' = any(a.merchants))
  order by coalesce(o.merchant = any(a.merchants), false) desc, a.name limit 1) a
where o.id = any($1)
