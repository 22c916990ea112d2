-- Orders, all or those that moved since, that are dated or found otherwise than their log gives.
select o.id, 'the order was changed at another time than its last transition was recorded' from orders o
  where ($1::timestamptz is null or o.id in (select order_id from transition where recorded_at >= $1))
    and o.changed_at is distinct from (select t.recorded_at from transition t where t.order_id = o.id order by t.seq desc limit 1)
union all
select o.id, 'the order cannot be found by its words' from orders o
  where ($1 is null or o.id in (select order_id from transition where recorded_at >= $1)) and not exists (select from order_word w where w.order_id = o.id
    and w.words = words_of(o.id, o.provider, o.merchant, o.buyer, o.seller))
union all
select o.id, 'the order cannot be found by its merchant' from orders o
  where ($1 is null or o.id in (select order_id from transition where recorded_at >= $1)) and o.merchant <> ''
    and not exists (select from merchant m where m.name = o.merchant and m.words = array_to_tsvector(name_words('m', o.merchant)))
union all
select distinct t.order_id, 'the order cannot be found by its references' from transition t
  where ($1 is null or t.recorded_at >= $1) and t.reference ~ '[[:alnum:]]' and not exists (select from order_text w where w.order_id = t.order_id)
order by 1, 2
