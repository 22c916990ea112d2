-- How many orders in these statuses are past their deadline.
select count(*) from unnest($1::text[]) s
join orders on provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2
