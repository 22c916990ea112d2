-- How many orders entered and left Approved between two hours, by hour, of all merchants or of one.
select hour, sum(orders) filter (where kind = 'arrived')::bigint as arrived,
  sum(orders) filter (where kind = 'cleared')::bigint as cleared, sum(orders) filter (where kind = 'lost')::bigint as lost
from (
  select kind, hour, orders, merchant from watch_sum where kind in ('arrived', 'cleared', 'lost') and hour >= $1 and hour <= $2
  union all
  select kind, hour, orders, merchant from watch_delta where kind in ('arrived', 'cleared', 'lost') and hour >= $1 and hour <= $2) flow
where $3::text is null or merchant = $3
group by hour order by hour
