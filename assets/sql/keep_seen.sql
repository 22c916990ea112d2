-- Stores the last reading of an order.
insert into seen (order_id, account, read_at, word, status, ways, unlawful) values ($1, $2, $3, $4, $5, $6, $7)
on conflict on constraint seen_order_once do update set account = excluded.account, read_at = excluded.read_at, word = excluded.word,
  status = excluded.status, ways = excluded.ways, unlawful = excluded.unlawful
