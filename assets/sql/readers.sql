-- The accounts that read these orders: the one that names the merchant, before one of all merchants.
select o.id, a.name from unnest($1::text[]) i join orders o on o.id = i cross join lateral (
  select name from account where provider = o.provider and (o.merchant = any(merchants) or '*' = any(merchants))
  order by coalesce(o.merchant = any(merchants), false) desc, sends desc, name limit 1) a
order by a.name, o.id
