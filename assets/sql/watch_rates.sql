-- How many orders entered Approved, and how many left it without expiring, between two moments, by merchant.
select coalesce(o.merchant, ''), count(*) filter (where t.to_status = 'approved'),
  count(*) filter (where t.from_status = 'approved' and t.to_status <> 'expired')
from transition t join orders o on o.id = t.order_id
where t.provider = 'tamara' and (t.from_status = 'approved' or t.to_status = 'approved') and t.happened_at > $1 and t.happened_at <= $2
group by 1
