-- When the provider last answered what each of these orders is.
select o, e.happened_at from unnest($1::text[]) o cross join lateral (
  select happened_at from evidence where order_id = o and status is not null order by happened_at desc, id desc limit 1) e
