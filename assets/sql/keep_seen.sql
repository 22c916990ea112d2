-- Stores the last reading of an order, and what it lists of captures and refunds. What is listed as before is not written again.
with reading as (
  insert into seen (order_id, account, read_at, word, status, ways, unlawful, listed, outlived)
  values ($1, $2, $3::timestamptz, $4, $5, $6, $7, $8, (select due_at from orders where id = $1 and due_at <= $3 and status = $5))
  on conflict on constraint seen_order_once do update set account = excluded.account, read_at = excluded.read_at, word = excluded.word,
    status = excluded.status, ways = excluded.ways, unlawful = excluded.unlawful, listed = excluded.listed,
    outlived = excluded.outlived
  returning order_id),
gone as (delete from seen_move where order_id = $1 and place > cardinality($9::text[]))
insert into seen_move as m (order_id, place, action, amount, day)
select r.order_id, l.place, l.action, l.amount, (l.at at time zone 'Asia/Riyadh')::date from reading r
cross join unnest($9::text[], $10::bigint[], $11::timestamptz[]) with ordinality l (action, amount, at, place)
on conflict on constraint seen_move_once do update set action = excluded.action, amount = excluded.amount, day = excluded.day
  where (m.action, m.amount, m.day) is distinct from (excluded.action, excluded.amount, excluded.day)
