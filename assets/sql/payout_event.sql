-- Records the next event of a payout.
insert into payout_event (order_id, party, seq, what, reference, words, recorder, request_id, collective, request_digest)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
