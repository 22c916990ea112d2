-- A page of these statuses, oldest first, after a place in them: as deep as one likes at the same price.
select seen.* from (
  select p.id, p.entered_at from unnest($1::text[]) s cross join lateral (
    select id, entered_at from orders where status = s and (entered_at, id) > ($2, $3) order by status, entered_at, id limit $4) p
  order by p.entered_at, p.id limit $4) page
join order_seen seen on seen.id = page.id
order by page.entered_at, page.id
