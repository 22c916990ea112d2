-- The sums of a settlement statement by currency and action, and how much of each is recorded here.
select r.currency, r.action, r.rows, r.theirs, (r.theirs - coalesce(d.amount, 0))::bigint as ours
from (select r.currency, r.action, count(*) as rows, sum(r.amount)::bigint as theirs from statement s join statement_row r on r.statement = s.id
  where s.number = $1 group by 1, 2) r
left join (select currency, action, sum(amount) as amount from statement_difference where statement = $1 and kind in ('unknown_order', 'not_recorded') group by 1, 2) d
  on (d.currency, d.action) = (r.currency, r.action)
order by r.currency, r.action
