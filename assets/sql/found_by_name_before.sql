-- Orders that pass a sieve and come before a place, nearest first; by their names.
-- Nobody can estimate how many names begin so: where they are few the names lead, else the place in the list does.
with few as materialized (select orders_named as order_id from orders_named($16::tsquery, 50001)),
many as materialized (select count(*) > 50000 as are from few)
select seen.* from (
  (select id, entered_at from orders
  where not (select are from many) and id = any(array(select order_id from few)) and status = any($1)
    and (entered_at, id) < ($2, $3)
    and entered_at >= $5 and entered_at < $6 and currency = any($7) and ($8::timestamptz is null or due_at >= $8)
    and ($9::timestamptz is null or due_at < $9) and ($14::bool is null or (unconfirmed > 0) = $14)
    and amount >= case when currency in ('KWD', 'BHD', 'OMR') then $12::bigint else $10::bigint end
    and amount <= case when currency in ('KWD', 'BHD', 'OMR') then $13::bigint else $11::bigint end
    and ($15::bool is null or exists (select from quarantine q where q.order_id = orders.id and q.state = 'waiting') = $15)
  order by entered_at desc, id desc limit $4)
  union all
  (select p.id, p.entered_at from unnest($1::text[]) s cross join lateral (
    select id, entered_at from orders where (select are from many) and status = s and (entered_at, id) < ($2, $3)
    and exists (select from order_word w where w.order_id = orders.id and w.words @@ $16::tsquery)
    and entered_at >= $5 and entered_at < $6 and currency = any($7) and ($8::timestamptz is null or due_at >= $8)
    and ($9::timestamptz is null or due_at < $9) and ($14::bool is null or (unconfirmed > 0) = $14)
    and amount >= case when currency in ('KWD', 'BHD', 'OMR') then $12::bigint else $10::bigint end
    and amount <= case when currency in ('KWD', 'BHD', 'OMR') then $13::bigint else $11::bigint end
    and ($15::bool is null or exists (select from quarantine q where q.order_id = orders.id and q.state = 'waiting') = $15)
    order by status desc, entered_at desc, id desc limit $4) p)
  order by entered_at desc, id desc limit $4) page
join order_seen seen on seen.id = page.id
order by page.entered_at desc, page.id desc
