-- Drops a workspace with everything in it, and with its place on the database's path.
begin; set local lock_timeout = '10s'; set local statement_timeout = 0;
drop schema if exists {name}_masked cascade;
drop schema {name} cascade;
do $$
begin
  if exists (select from pg_catalog.pg_db_role_setting join pg_catalog.pg_database d on d.oid = setdatabase cross join unnest(setconfig) it
    where d.datname = current_database() and setrole = 0 and pg_catalog.starts_with(it, 'search_path={name}, ')) then
    execute pg_catalog.format('alter database %I reset search_path', current_database());
  end if;
exception when insufficient_privilege then null;
end $$;
commit
