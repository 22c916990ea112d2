-- What was captured and refunded, by day in a zone, merchant and currency, in minor units.
select (t.happened_at at time zone $3)::date as day, coalesce(o.merchant, '') as merchant, o.currency,
  coalesce(sum(t.amount) filter (where t.action = 'capture'), 0)::text as captured, count(*) filter (where t.action = 'capture') as captures,
  coalesce(sum(t.amount) filter (where t.action = 'refund'), 0)::text as refunded, count(*) filter (where t.action = 'refund') as refunds
from transition t join orders o on o.id = t.order_id
where t.provider = 'tamara' and t.action in ('capture', 'refund') and t.happened_at >= $1 and t.happened_at < $2
group by 1, 2, 3 order by 1, 2, 3
