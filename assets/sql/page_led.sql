-- A page of orders in these statuses, by rank, beyond a place, if the filter asks for a property that few orders have.
-- How many have it cannot be estimated: if they are few, the query starts from them, else from the place in the list.
with few as materialized ({few}), many as materialized (select count(*) > {most} as are from few)
select seen.* from (
  (select id, {rank} as rank from orders
  where not (select are from many) and id = any(array(select order_id from few)) and provider || '/' || status = any($1)
    and ({rank}, id) {beyond} ($2, $3) {sieve}
  order by {rank} {way}, id {way} limit $4)
  union all
  (select p.id, p.rank from (select unnest($1::text[]) as s where (select are from many)) given cross join lateral (
    select id, rank from (
      select id, {rank} as rank, (true {sieve}) as passes from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and ({rank}, id) {beyond} ($2, $3) {ages}
      order by provider {way}, status {way}, {rank} {way}, id {way} offset 0) read
    where passes limit $4) p)
  order by rank {way}, id {way} limit $4) page
join order_seen seen on seen.id = page.id
order by page.rank {way}, page.id {way}
