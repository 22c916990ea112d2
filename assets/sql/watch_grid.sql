-- How many orders are at Approved, by merchant, currency and the moments that their deadlines fall between.
-- From the hourly sums; order by order only in the hours that contain one of the moments.
with split as (select distinct hour_of(moment) as hour from unnest($1::timestamptz[]) moment),
sums as (
  select hour, merchant, currency, orders, amount from watch_sum where kind = 'stuck'
  union all select hour, merchant, currency, orders, amount from watch_delta where kind = 'stuck')
select merchant, currency, bucket, sum(orders)::bigint as orders, sum(amount)::text as amount from (
  select merchant, currency, width_bucket(hour, $1) as bucket, orders, amount
  from sums where hour not in (select hour from split)
  union all
  select coalesce(o.merchant, ''), o.currency, width_bucket(o.due_at, $1), 1, o.amount
  from split cross join lateral (
    -- Hour by hour along the index: a join would read all orders at Approved once for each hour.
    select merchant, currency, due_at, amount from orders
    where provider = 'tamara' and status = 'approved' and coalesce(due_at, '9999-01-01Z'::timestamptz) >= split.hour
      and coalesce(due_at, '9999-01-01Z'::timestamptz) < split.hour + interval '1 hour' offset 0) o) pieces
group by 1, 2, 3 having sum(orders) <> 0
