-- Those of these statuses that have an order in one of the currencies, one with such a deadline, and one of the merchants.
-- The tally and the indexes say so: no list is read for it.
select s from unnest($1::text[]) s
where exists (select from tally t where t.provider = split_part(s, '/', 1) and t.status = split_part(s, '/', 2) and t.currency = any($2) offset 0)
  and ($5 or coalesce((select due < coalesce($4::timestamptz, '9999-01-01Z') from (
    select coalesce(due_at, '9999-01-01Z'::timestamptz) as due from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2)
      and coalesce(due_at, '9999-01-01Z'::timestamptz) >= coalesce($3::timestamptz, '1900-01-01Z')
    order by provider, status, coalesce(due_at, '9999-01-01Z'::timestamptz), id limit 1) next), false))
  and ($6::text[] is null or exists (select from unnest($6::text[]) m cross join lateral (select from orders
    where merchant = m and provider = split_part(s, '/', 1) and status = split_part(s, '/', 2)
    order by merchant, provider, status, entered_at, id limit 1) one offset 0))
