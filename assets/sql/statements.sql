-- The settlement statements that are kept, the latest first; with a name those with this id or number.
select s.number, s.name, s.merchant, s.first_day, s.last_day, s.rows, s.recorder, s.at,
  exists (select from statement later where later.replaces = s.number) as replaced,
  (select count(*) from (select from statement_difference d where d.statement = s.number limit $3) d) as wrong
from statement s where $1::text is null or s.name = $1 or s.number::text = $1
order by s.last_day desc nulls last, s.number desc limit $2
