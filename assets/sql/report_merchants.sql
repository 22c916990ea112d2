-- Cases opened in a period, by merchant, and how many were decided, refunded in full or split.
select coalesce(c.merchant, '') as merchant, count(*) as cases, count(d.order_id) as decided,
  count(*) filter (where d.to_seller = 0) as refunded, count(*) filter (where d.to_seller > 0 and d.to_buyer > 0) as split
from dispute_case c left join decision d on d.order_id = c.order_id and d.number = c.number
where c.opened_at >= $1 and c.opened_at < $2 group by 1 order by 2 desc, 1 limit 50
