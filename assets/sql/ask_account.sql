-- Asks the running servers something about an account.
insert into account_ask (account, what, asked_by) values ($1, $2, $3) returning id
