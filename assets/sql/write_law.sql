-- Writes a version of the law and its rows, unless they are there.
with version as (insert into law (version, digest) values ($1, $2) on conflict do nothing),
currencies as (insert into currency select * from jsonb_populate_recordset(null::currency, $3::jsonb->'currency') on conflict do nothing),
pairs as (insert into provider_currency select * from jsonb_populate_recordset(null::provider_currency, $3::jsonb->'provider_currency') on conflict do nothing),
drifts as (insert into drift_rule select * from jsonb_populate_recordset(null::drift_rule, $3::jsonb->'drift_rule') on conflict do nothing),
permissions as (insert into permission select * from jsonb_populate_recordset(null::permission, $3::jsonb->'permission') on conflict do nothing),
cases as (insert into case_rule select * from jsonb_populate_recordset(null::case_rule, $3::jsonb->'case_rule') on conflict do nothing)
insert into rule select * from jsonb_populate_recordset(null::rule, $3::jsonb->'rule') on conflict do nothing
