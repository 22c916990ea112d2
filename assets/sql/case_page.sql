-- A page of cases, the most urgent first, beyond a place.
select seen.* from (
  select order_id, number, rank, amount from dispute_case c where {queue}
    and (rank, - amount, order_id, number) > ({rank}, {amount}, {order}, {number}) {where}
  order by rank, - amount, order_id, number limit {limit}) page
join case_seen seen on seen.order_id = page.order_id and seen.number = page.number
order by page.rank, - page.amount, page.order_id, page.number
