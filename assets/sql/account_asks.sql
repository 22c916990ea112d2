-- What these accounts are asked and have not answered; what is older than a minute no one waits for.
select id, asked_by, account, what, orders, order_id, way, note from account_ask
where answered_at is null and account = any($1) and asked_at > clock_timestamp() - interval '1 minute' order by id
