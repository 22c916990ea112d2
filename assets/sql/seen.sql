-- The last readings of these orders.
select order_id, account, read_at, word, status, ways, unlawful, listed from seen where order_id = any($1)
