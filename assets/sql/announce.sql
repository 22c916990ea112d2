-- Announces the accounts that a server has.
insert into account as a (name, provider, merchants, environment, sends, shipping_company)
select name, provider, string_to_array(merchants, E'\n'), environment, sends, company
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bool[], $6::text[]) it (name, provider, merchants, environment, sends, company)
on conflict on constraint account_name_unique do update set provider = excluded.provider, merchants = excluded.merchants,
  environment = excluded.environment, sends = excluded.sends, shipping_company = excluded.shipping_company, seen_at = clock_timestamp()
