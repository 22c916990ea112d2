-- Where the sums of orders at Approved, entering it and leaving it differ from the orders and the log.
select kind, merchant, currency, shown(hour), coalesce(t.orders, 0)::bigint, coalesce(o.orders, 0)::bigint,
  coalesce(t.amount, 0)::text, coalesce(o.amount, 0)::text
from (
  select kind, merchant, currency, hour, sum(orders) as orders, sum(amount) as amount from (
    select * from watch_sum union all select * from watch_delta) sums
  group by 1, 2, 3, 4) t
full join (
  select 'stuck' as kind, coalesce(merchant, '') as merchant, currency, hour_of(due_at) as hour, count(*) as orders, sum(amount) as amount
  from orders where provider = 'tamara' and status = 'approved' group by 1, 2, 3, 4
  union all
  select case when t.to_status = 'approved' then 'arrived' when t.to_status = 'expired' then 'lost' else 'cleared' end,
    coalesce(o.merchant, ''), o.currency, hour_of(t.happened_at), count(*), sum(o.amount)
  from transition t join orders o on o.id = t.order_id
  where t.provider = 'tamara' and (t.from_status = 'approved') <> (t.to_status = 'approved') group by 1, 2, 3, 4) o using (kind, merchant, currency, hour)
where coalesce(t.orders, 0) <> coalesce(o.orders, 0) or coalesce(t.amount, 0) <> coalesce(o.amount, 0)
order by 1, 2, 3, 4
