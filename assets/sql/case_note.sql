-- Stores a note that only the desk reads.
insert into case_note (order_id, number, seq, body) values ($1, $2, $3, $4)
