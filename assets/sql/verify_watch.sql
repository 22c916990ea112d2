-- Where the sums of what stands at Approved and the orders themselves disagree.
select merchant, currency, shown(hour), coalesce(t.orders, 0)::bigint, coalesce(o.orders, 0)::bigint,
  coalesce(t.amount, 0)::text, coalesce(o.amount, 0)::text
from (
  select merchant, currency, hour, sum(orders) as orders, sum(amount) as amount from (
    select * from watch_sum where kind = 'stuck' union all select * from watch_delta where kind = 'stuck') sums
  group by 1, 2, 3) t
full join (
  select coalesce(merchant, '') as merchant, currency, hour_of(due_at) as hour, count(*) as orders, sum(amount) as amount
  from orders where status = 'approved' group by 1, 2, 3) o using (merchant, currency, hour)
where coalesce(t.orders, 0) <> coalesce(o.orders, 0) or coalesce(t.amount, 0) <> coalesce(o.amount, 0)
order by 1, 2, 3
