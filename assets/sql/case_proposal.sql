-- Stores a proposed decision.
insert into case_proposal (order_id, number, seq, order_version, total, to_seller, to_buyer, reason, rationale, say_seller, say_buyer)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
