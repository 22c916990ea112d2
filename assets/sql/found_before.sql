-- Orders that pass a sieve and come before a place, nearest first.
select seen.* from (
  select p.id, p.entered_at from unnest($1::text[]) s cross join lateral (
    select id, entered_at from orders where status = s and (entered_at, id) < ($2, $3)
      and entered_at >= $5 and entered_at < $6 and currency = any($7) and ($8::timestamptz is null or due_at >= $8)
      and ($9::timestamptz is null or due_at < $9) and ($14::bool is null or (unconfirmed > 0) = $14)
      and amount >= case when currency in ('KWD', 'BHD', 'OMR') then $12::bigint else $10::bigint end
      and amount <= case when currency in ('KWD', 'BHD', 'OMR') then $13::bigint else $11::bigint end
      and ($15::bool is null or exists (select from quarantine q where q.order_id = orders.id and q.state = 'waiting') = $15)
    order by status desc, entered_at desc, id desc limit $4) p
  order by p.entered_at desc, p.id desc limit $4) page
join order_seen seen on seen.id = page.id
order by page.entered_at desc, page.id desc
