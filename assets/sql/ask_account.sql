-- Asks the running servers something about an account.
insert into account_ask (account, what, asked_by, orders, order_id, way, note) values ($1, $2, $3, $4, $5, $6, $7) returning id
