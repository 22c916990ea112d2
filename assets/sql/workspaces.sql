-- The schemas of this program in the database: about how many orders each has, what it takes, and whether this login may look into it.
select n.nspname::text as name,
  greatest((select reltuples from pg_class where relnamespace = n.oid and relname = 'orders'), 0)::bigint as orders,
  (select coalesce(sum(pg_total_relation_size(c.oid)), 0) from pg_class c where c.relnamespace = n.oid and c.relkind = 'r')::bigint as bytes,
  has_schema_privilege(n.oid, 'usage') and has_table_privilege((select oid from pg_class where relnamespace = n.oid and relname = 'law'), 'select') as opens
from pg_namespace n
where exists (select from pg_class c where c.relnamespace = n.oid and c.relname = '_sqlx_migrations')
  and exists (select from pg_class c where c.relnamespace = n.oid and c.relname = 'provider_currency')
order by 1
