-- The next deadline of an order in these statuses after a moment.
select min(due) from unnest($1::text[]) s cross join lateral (
  select due_at as due from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and coalesce(due_at, '9999-01-01Z'::timestamptz) > $2
  order by provider, status, coalesce(due_at, '9999-01-01Z'::timestamptz) limit 1) next
