-- Orders whose deadline passed, whose provider has not been asked since, and which an account can read.
select o.id, a.name from orders o cross join lateral (
    select name from account where provider = o.provider and name = any($1) and (o.merchant = any(merchants) or '*' = any(merchants))
    order by coalesce(o.merchant = any(merchants), false) desc, name limit 1) a
where o.due_at <= clock_timestamp() and o.provider = any($2)
  and not exists (select from evidence e where e.order_id = o.id and e.status is not null and e.happened_at >= o.due_at)
  and not exists (select from reading r where r.order_id = o.id)
order by o.due_at limit $3
