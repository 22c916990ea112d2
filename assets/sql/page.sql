-- A page of orders in these statuses, by rank, beyond a place, at the same cost at any depth.
select seen.* from (
  select p.id, p.rank from unnest($1::text[]) s cross join lateral (
    select id, {rank} as rank from orders where provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and ({rank}, id) {beyond} ($2, $3) {sieve}
    order by provider {way}, status {way}, {rank} {way}, id {way} limit $4) p
  order by p.rank {way}, p.id {way} limit $4) page
join order_seen seen on seen.id = page.id
order by page.rank {way}, page.id {way}
