-- What a database holds: the tables of this schema, an older version in public, how much of other programs, and other workspaces.
with named as (
  -- A schema of this name with tables of others is not ours.
  select $1::text as name where exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text and c.relname = '_sqlx_migrations')
    or not exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text)
  union
  select n.nspname from pg_namespace n where exists (select from pg_class c where c.relnamespace = n.oid and c.relname = '_sqlx_migrations')
    and exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'provider_currency')),
ours as (select n.oid from pg_namespace n join named on n.nspname = named.name or n.nspname = named.name || '_masked'
  -- What stands where masked readers of a name that is not taken would look is not ours either.
  and (exists (select from pg_class c join pg_namespace m on m.oid = c.relnamespace where m.nspname = named.name and c.relname = '_sqlx_migrations')
    or not exists (select from pg_class c where c.relnamespace = n.oid))),
strange as (
  select oid from pg_namespace where nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and nspname not like 'pg_temp%' and nspname not like 'pg_toast_temp%' and oid not in (select oid from ours))
select
  exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1::text and c.relname = '_sqlx_migrations') as marked,
  exists (select from pg_class c join strange n on n.oid = c.relnamespace where c.relname = '_sqlx_migrations')
    and exists (select from pg_class c join strange n on n.oid = c.relnamespace where c.relname = 'transition') as older,
  (select count(*) from pg_class c join strange n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e'))
  + (select count(*) from pg_proc p join strange n on n.oid = p.pronamespace
    where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e'))
  + (select count(*) from pg_type t join strange n on n.oid = t.typnamespace where t.typtype in ('e', 'd')
    and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')) as others,
  (select string_agg(name, ', ' order by name) from named where name <> $1::text) as elsewhere
