-- How many orders in these statuses are past their deadline.
select count(*) from orders where status = any($1) and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2
