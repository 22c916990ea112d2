-- Adds new orders to the order book; their first transitions follow in the same transaction.
insert into orders (id, provider, currency, amount, cancellation_fee, merchant, buyer, seller, opened_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::timestamptz[])
