-- Earlier orders and cases of the people of an order, the strongest match first: who has the same phone, the same buyer, the same seller.
with me as (select id, nullif(buyer, '(hidden)') as buyer, nullif(seller, '(hidden)') as seller, phones_of(buyer) || phones_of(seller) as phones from orders where id = $1),
words as (
  select quote_literal('p:' || ltrim(phone, '0')) as names from me cross join lateral unnest(phones) phone where ltrim(phone, '0') <> ''
  union select string_agg(quote_literal(word), ' & ') from me cross join lateral unnest(name_words('b', buyer)) word
  union select string_agg(quote_literal(word), ' & ') from me cross join lateral unnest(name_words('s', seller)) word),
met as (
  select distinct found.order_id from words cross join lateral orders_named(names::tsquery, '{}', 500) found (order_id) where names is not null)
select case when me.phones && (phones_of(o.buyer) || phones_of(o.seller)) then 'phone' when o.buyer = me.buyer then 'buyer' else 'seller' end as same,
  o.id as order_id, o.status, o.currency, o.amount, o.opened_at, c.number, c.reason, c.stage, c.opened_at as case_at, d.basis, d.to_seller, d.to_buyer
from met join orders o on o.id = met.order_id cross join me
left join dispute_case c on c.order_id = o.id left join decision d on d.order_id = c.order_id and d.number = c.number
where o.id <> me.id and (me.phones && (phones_of(o.buyer) || phones_of(o.seller)) or o.buyer = me.buyer or o.seller = me.seller)
order by case when me.phones && (phones_of(o.buyer) || phones_of(o.seller)) then 1 when o.buyer = me.buyer then 2 else 3 end, c.number is null, o.opened_at desc, c.number desc
limit $2
