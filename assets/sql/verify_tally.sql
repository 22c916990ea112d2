-- Where the tally differs from the orders.
select provider, status, currency, coalesce(t.orders, 0)::bigint, coalesce(o.orders, 0)::bigint,
  coalesce(t.amount, 0)::text, coalesce(o.amount, 0)::text
from (select provider, status, currency, sum(orders) as orders, sum(amount) as amount from tally group by 1, 2, 3) t
full join (select provider, status, currency, count(*) as orders, sum(amount) as amount from orders group by 1, 2, 3) o
  using (provider, status, currency)
where coalesce(t.orders, 0) <> coalesce(o.orders, 0) or coalesce(t.amount, 0) <> coalesce(o.amount, 0)
order by 1, 2, 3
