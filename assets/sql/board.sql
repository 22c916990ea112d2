-- How many orders are in each status and currency, and the sum of their amounts: from the tally, never by counting.
select provider, status, currency, sum(orders)::bigint as orders, sum(amount)::text as amount
from tally group by provider, status, currency having sum(orders) <> 0 order by provider, status, currency
