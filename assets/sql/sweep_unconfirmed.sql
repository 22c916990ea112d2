-- The next orders with a move that is not confirmed, the oldest first: those that this account reads and that were not read for so many seconds are due.
select o.id, o.at, coalesce((select name from account where provider = o.provider and (o.merchant = any(merchants) or '*' = any(merchants))
    order by coalesce(o.merchant = any(merchants), false) desc, name limit 1) = $1, false)
  and not exists (select from seen s where s.order_id = o.id and s.read_at > clock_timestamp() - make_interval(secs => $5))
  and not exists (select from reading r where r.order_id = o.id) as due
from (select id, unconfirmed_since as at, provider, merchant from orders where unconfirmed > 0 and (unconfirmed_since, id) > ($2, $3)
  order by unconfirmed_since, id limit $4) o
order by o.at, o.id
