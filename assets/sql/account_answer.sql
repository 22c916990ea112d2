-- What a server answered.
select good, message from account_ask where id = $1 and answered_at is not null
