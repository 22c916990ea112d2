-- The rows that the program wrote, by table, and every version of the law with its digest.
select
  coalesce((select jsonb_object_agg(version, encode(digest, 'hex')) from law), '{}')::text as laws,
  jsonb_build_object(
    'currency', (select jsonb_agg(to_jsonb(t)) from currency t),
    'provider_currency', (select jsonb_agg(to_jsonb(t)) from provider_currency t),
    'rule', (select jsonb_agg(to_jsonb(t)) from rule t where law = $1),
    'drift_rule', (select jsonb_agg(to_jsonb(t)) from drift_rule t),
    'permission', (select jsonb_agg(to_jsonb(t)) from permission t),
    'case_rule', (select jsonb_agg(to_jsonb(t)) from case_rule t))::text as rows
