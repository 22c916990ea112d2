-- Stores a message to or from a party.
insert into case_message (order_id, number, seq, what, body) values ($1, $2, $3, $4, $5)
