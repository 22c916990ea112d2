-- Creates a plan with this number of orders.
insert into plan (title, needs_approval, rate, stop_after, orders, made_by, request_id, request_digest) values ($1, $2, $3, $4, $5, $6, $7, $8)
returning number
