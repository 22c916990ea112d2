-- Whether this database is marked as ours, and how many tables, sequences, types and functions it has, of any owner.
with strange as (
  select oid from pg_namespace where nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and nspname not like 'pg_temp%' and nspname not like 'pg_toast_temp%')
select
  to_regclass('public._sqlx_migrations') is not null,
  (select count(*) from pg_class c join strange n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))
  + (select count(*) from pg_proc p join strange n on n.oid = p.pronamespace
    where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e'))
  + (select count(*) from pg_type t join strange n on n.oid = t.typnamespace where t.typtype in ('e', 'd')
    and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e'))
