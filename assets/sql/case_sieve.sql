-- The filter on the orders of a page of cases; the parameters not used here belong to pages of orders.
and ($2::text is null or true) and ($3::text is null or true) and ($4::text is null or true) and exists (
  select from orders where orders.id = c.order_id and provider || '/' || status = any($1) {sieve}
  and ($19::text[] is null or true) {cases})
