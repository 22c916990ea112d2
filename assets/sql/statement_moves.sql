-- Rows of a settlement statement with the moves of the book that they are: the first of several equal rows is the first equal move, and so on.
with rows as (
  select *, row_number() over (partition by order_id, action, currency, amount order by line) as nth
  from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::bigint[]) r (line, order_id, action, currency, amount)),
moves as (
  select t.order_id, t.action, o.currency, t.amount, row_number() over (partition by t.order_id, t.action, t.amount order by t.happened_at, t.seq) as nth
  from (select distinct order_id from rows) r join orders o on o.id = r.order_id
  join transition t on t.order_id = o.id and t.action in ('capture', 'refund', 'cancel'))
select r.line, o.id is not null as is_known, m.order_id is not null as is_ours
from rows r left join orders o on o.id = r.order_id
left join moves m on (m.order_id, m.action, m.currency, m.amount, m.nth) = (r.order_id, r.action, r.currency, r.amount, r.nth)
order by r.line
