-- The earliest deadline at Approved of each merchant, looked up in the hour that the sums give for it.
with hours as (
  select merchant, hour from (
    select merchant, hour, orders from watch_sum where kind = 'stuck'
    union all select merchant, hour, orders from watch_delta where kind = 'stuck') sums
  group by 1, 2 having sum(orders) > 0),
first as (select merchant, min(hour) as hour from hours group by 1)
select o.merchant, min(o.due_at) from (select distinct hour from first) h cross join lateral (
  select coalesce(merchant, '') as merchant, due_at from orders
  where provider = 'tamara' and status = 'approved' and coalesce(due_at, '9999-01-01Z'::timestamptz) >= h.hour
    and coalesce(due_at, '9999-01-01Z'::timestamptz) < h.hour + interval '1 hour') o
group by 1
