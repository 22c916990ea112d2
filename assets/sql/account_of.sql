-- The account that sends for an order: the one that names its merchant, before one of all merchants.
select a.name, a.provider, a.merchants, a.environment, a.sends, a.shipping_company, a.health, a.message, a.since, a.seen_at
from orders o join account a on a.provider = o.provider and a.sends and (o.merchant = any(a.merchants) or '*' = any(a.merchants))
where o.id = $1 order by coalesce(o.merchant = any(a.merchants), false) desc, a.name limit 1
