-- The accounts that servers announced.
select name, provider, merchants, environment, sends, shipping_company, health, message, since, seen_at from account order by name
