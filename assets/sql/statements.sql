-- The settlement statements that are kept, the latest first: all, those with this id, or the one with this number.
select s.number, s.name, s.merchant, s.first_day, s.last_day, s.rows, s.recorder, s.at,
  exists (select from statement later where later.replaces = s.number) as replaced,
  (select count(*) from (select from statement_difference d where d.statement = s.number limit $4) d) as wrong
from statement s where ($1::text is null or s.name = $1) and ($2::bigint is null or s.number = $2)
order by s.last_day desc nulls last, s.number desc limit $3
