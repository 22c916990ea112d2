-- The merchants of these orders, where they are known.
select id, merchant from orders where id = any($1) and merchant is not null
