-- The sums of a settlement statement by currency and action, and how much of each is recorded here.
select s.currency, s.action, s.rows::bigint, s.amount::bigint as theirs, (s.amount - coalesce(d.amount, 0))::bigint as ours
from statement_sum s left join (
  select currency, action, sum(amount) as amount from statement_difference where statement = $1 and kind in ('unknown_order', 'not_recorded', 'taken_back') group by 1, 2) d
  on (d.currency, d.action) = (s.currency, s.action)
where s.statement = $1 order by s.currency, s.action
