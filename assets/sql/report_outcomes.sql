-- What was decided in a period, by reason and outcome; amounts in minor units of their currency.
select coalesce(reason, '') as reason, basis, case when to_buyer = 0 then 'pay_seller' when to_seller = 0 then 'refund_buyer' else 'split' end as outcome,
  currency, count(*) as cases, sum(to_seller)::text as to_seller, sum(to_buyer)::text as to_buyer
from decision where decided_at >= $1 and decided_at < $2 group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4
