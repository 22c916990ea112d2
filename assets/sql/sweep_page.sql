-- The next orders at these statuses, the longest there first: those that this account reads and that were not read for so many seconds are due.
select o.id, o.at, coalesce((select name from account where provider = o.provider and (o.merchant = any(merchants) or '*' = any(merchants))
    order by coalesce(o.merchant = any(merchants), false) desc, name limit 1) = $1, false)
  and not exists (select from seen s where s.order_id = o.id and s.read_at > clock_timestamp() - make_interval(secs => $6))
  and not exists (select from reading r where r.order_id = o.id) as due
from (select x.* from account a cross join unnest($2::text[]) s cross join lateral (
    select id, entered_at as at, provider, merchant from orders where provider = a.provider and status = s and (entered_at, id) > ($3, $4)
    order by entered_at, id limit $5) x
  where a.name = $1 order by x.at, x.id limit $5) o
order by o.at, o.id
