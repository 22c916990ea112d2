-- The page of these statuses that ends before a place in them, nearest first.
select seen.* from (
  select p.id, p.entered_at from unnest($1::text[]) s cross join lateral (
    select id, entered_at from orders where status = s and (entered_at, id) < ($2, $3) order by status desc, entered_at desc, id desc limit $4) p
  order by p.entered_at desc, p.id desc limit $4) page
join order_seen seen on seen.id = page.id
order by page.entered_at desc, page.id desc
