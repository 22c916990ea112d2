-- Settlement statements whose rows are not those that they were kept with, and what of them is not said as it is.
select s.number::text, coalesce(s.name, ''), 'its rows are not those that it was kept with' from statement s
where s.digest <> statement_digest(s.id, s.name, s.merchant, case when s.has_period then s.first_day end, case when s.has_period then s.last_day end)
  or s.rows <> (select count(*) from statement_row r where r.statement = s.id)
union all
select s.number::text, coalesce(s.name, ''), 'its days are not those of its rows' from statement s
cross join lateral (select min(r.day) as first, max(r.day) as last from statement_row r where r.statement = s.id) r
where not s.has_period and (s.first_day, s.last_day) is distinct from (r.first, r.last)
union all
select s.number::text, coalesce(s.name, ''), 'a row of ' || r.order_id || ' is not among what does not agree' from statement s join statement_row r on r.statement = s.id
where (r.taken_back and not exists (select from statement_finding f where f.statement = s.number and f.nr = r.place and f.kind in ('taken_back', 'unknown_order')))
  or (r.fees + r.vat + r.payable <> r.told and not statement_adds_up(r)
    and not exists (select from statement_finding f where f.statement = s.number and f.nr = r.place and f.kind = 'does_not_add_up'))
union all
select coalesce(t.statement, r.number)::text, '', 'its sums are not those of its rows' from statement_sum t
full join (select s.number, r.currency, r.action, count(*) as rows, sum(case when r.taken_back then - r.amount else r.amount end) as amount
  from statement s join statement_row r on r.statement = s.id group by 1, 2, 3) r on (r.number, r.currency, r.action) = (t.statement, t.currency, t.action)
where (t.rows, t.amount) is distinct from (r.rows, r.amount)
union all
select distinct s.number::text, coalesce(s.name, ''), 'it is not said to be of the merchant ' || coalesce(o.merchant, 'of orders without one')
from statement s join statement_row r on r.statement = s.id join orders o on o.id = r.order_id
where not exists (select from statement_of m where m.statement = s.number and m.merchant = coalesce(o.merchant, ''))
union all
select k.number::text, '', 'a row of ' || k.order_id || ' is not among what does not agree' from (
  select r.order_id, r.action, r.currency, r.amount, count(*) as rows, count(f.nr) as found, max(s.number) as number
  from statement_now s join statement_row r on r.statement = s.id
  left join statement_finding f on f.statement = s.number and f.nr = r.place and f.kind in ('unknown_order', 'not_recorded')
  where not r.taken_back group by 1, 2, 3, 4) k
cross join lateral (select count(*) as moves from transition t join orders o on o.id = t.order_id
  where t.order_id = k.order_id and t.action = k.action and t.amount = k.amount and o.currency = k.currency) m
where k.rows - m.moves > k.found order by 1
