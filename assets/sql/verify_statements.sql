-- Settlement statements whose rows are not those that they were kept with.
select s.number::text, coalesce(s.name, '') from statement s
where s.digest <> statement_digest(s.id, s.name, s.merchant) or s.rows <> (select count(*) from statement_row r where r.statement = s.id)
  or (select sum(t.amount) from statement_sum t where t.statement = s.number) is distinct from (select sum(r.amount) from statement_row r where r.statement = s.id) order by s.number
