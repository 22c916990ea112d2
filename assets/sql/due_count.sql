-- How many orders in these statuses are past their deadline, except those that the provider still had there after it.
select count(*) from unnest($1::text[]) s
join orders on provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2
where not exists (select from seen x where x.order_id = orders.id and x.outlived = orders.due_at and x.status = orders.status)
