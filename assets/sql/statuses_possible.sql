-- Those of these statuses that have an order in one of the currencies, by the tally, and one with such a deadline, by its index.
select s from unnest($1::text[]) s
where exists (select from tally t where t.provider = split_part(s, '/', 1) and t.status = split_part(s, '/', 2) and t.currency = any($2) offset 0)
  and ($5 or coalesce((select due < coalesce($4::timestamptz, '9999-01-01Z') from (
    select coalesce(due_at, '9999-01-01Z'::timestamptz) as due from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2)
      and coalesce(due_at, '9999-01-01Z'::timestamptz) >= coalesce($3::timestamptz, '1900-01-01Z')
    order by provider, status, coalesce(due_at, '9999-01-01Z'::timestamptz), id limit 1) next), false))
