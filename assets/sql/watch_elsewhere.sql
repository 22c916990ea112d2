-- By merchant: how many orders have another status here than at the provider, and how many that are not at Approved are presumed expired.
select merchant, sum(drift)::bigint as drift, sum(expired)::bigint as expired from (
  select merchant, 1 as drift, 0 as expired from drift
  union all
  select coalesce(o.merchant, ''), 0, 1 from unnest($1::text[]) s cross join lateral (
    select merchant from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2)
      and coalesce(due_at, '9999-01-01Z'::timestamptz) <= $2 limit 100000 offset 0) o) each
group by merchant
