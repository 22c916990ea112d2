-- Records the next event of a case and returns its number.
insert into case_event (order_id, number, seq, what, party, person, words, reason, claimed, item, recorder, request_id, request_digest, until)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) returning seq
