-- A page of orders in these statuses, by rank, beyond a place, at the same cost at any depth.
-- The filter is a column of what the index gives in its order. How many orders pass it cannot be estimated: as a condition it looks as if
-- almost none did, and then the whole list is read and sorted.
select seen.* from (
  select p.id, p.rank from unnest($1::text[]) s cross join lateral (
    select id, rank from (
      select id, {rank} as rank, (true {sieve}) as passes from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and ({rank}, id) {beyond} ($2, $3) {ages}
      order by provider {way}, status {way}, {rank} {way}, id {way} offset 0) read
    where passes limit $4) p
  order by p.rank {way}, p.id {way} limit $4) page
join order_seen seen on seen.id = page.id
order by page.rank {way}, page.id {way}
