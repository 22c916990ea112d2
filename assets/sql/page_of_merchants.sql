-- A page of orders of these merchants in these statuses, by rank, beyond a place: the first ones of each, merged.
select seen.* from (
  select p.id, p.rank from unnest($17::text[]) m cross join unnest($1::text[]) s cross join lateral (
    select id, rank from (
      select id, {rank} as rank, (true {sieve}) as passes from orders where merchant = m and provider = split_part(s, '/', 1) and status = split_part(s, '/', 2) and ({rank}, id) {beyond} ($2, $3) {ages}
      order by merchant {way}, provider {way}, status {way}, {rank} {way}, id {way} offset 0) read
    where passes limit $4) p
  order by p.rank {way}, p.id {way} limit $4) page
join order_seen seen on seen.id = page.id
order by page.rank {way}, page.id {way}
