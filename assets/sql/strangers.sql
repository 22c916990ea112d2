-- Of these orders, those that are not known here.
select it.id from unnest($1::text[]) it (id) where not exists (select from orders o where o.id = it.id)
