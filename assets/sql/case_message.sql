-- What a party was told, or said.
insert into case_message (order_id, number, seq, what, body) values ($1, $2, $3, $4, $5)
