-- Answers what an account was asked.
update account_ask set good = $2, message = $3 where id = $1 and answered_at is null
