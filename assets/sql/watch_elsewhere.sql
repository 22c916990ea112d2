-- By merchant: how many orders have drift, are authorised without the provider's confirmation, are presumed expired elsewhere than at Approved, or are at Approved past their deadline by the provider's answer.
select merchant, sum(drift)::bigint as drift, sum(expired)::bigint as expired, sum(outlived)::bigint as outlived, sum(unconfirmed)::bigint as unconfirmed from (
  select merchant, 1 as drift, 0 as expired, 0 as outlived, 0 as unconfirmed from drift
  union all
  select coalesce(o.merchant, ''), 0, 1, 0, 0 from unnest($1::text[]) s cross join lateral (
    select merchant from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2)
      and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2
      and not exists (select from seen x where x.order_id = orders.id and x.outlived = orders.due_at and x.status = orders.status)
    limit 100000 offset 0) o
  union all
  select coalesce(o.merchant, ''), 0, 0, 0, 1 from (
    select merchant from orders where unconfirmed > 0 and provider = 'tamara' and status = 'authorised' limit 100000 offset 0) o
  union all
  select coalesce(o.merchant, ''), 0, 0, 1, 0 from seen s join orders o on o.id = s.order_id
  where s.outlived is not null and s.outlived = o.due_at and s.status = o.status and o.provider = 'tamara' and o.status = 'approved' and o.due_at <= $2) each
group by merchant
