-- Erases what a party left with an order, of one kind.
insert into erasure (order_id, party, kind, why, recorder) values ($1, $2, $3, $4, $5)
