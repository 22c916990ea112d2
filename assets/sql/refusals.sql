-- Merchants whose last call to authorise was refused for its token.
select merchant, order_id, result, at from merchant_refusal where merchant = any($1)
