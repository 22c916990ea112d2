-- Keeps the merchant's numbers of orders that exist.
insert into order_number (order_id, number)
select distinct told.id, told.number from unnest($1::text[], $2::text[]) told (id, number) join orders on orders.id = told.id
order by told.id, told.number on conflict do nothing
