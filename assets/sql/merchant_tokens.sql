-- What the last call for each of these merchants showed of its token.
select merchant, order_id, result, at, works from merchant_token where merchant = any($1)
