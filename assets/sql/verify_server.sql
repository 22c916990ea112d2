-- What stands outside of the schema and gets around it.
-- Functions of others that are found first, sessions without triggers, rights given by default, and a feed whose numbers start again.
select concat('function pg_catalog.', p.proname, ' is not the server''s') as what from pg_proc p
  where p.pronamespace = 'pg_catalog'::regnamespace and p.oid >= 16384
    and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    and (p.proname in (select proname from pg_proc where pronamespace = current_schema()::regnamespace)
      or p.proname in (select proname from pg_proc where pronamespace = 'pg_catalog'::regnamespace and oid < 16384))
union all
select concat('the operator ', o.oid::regoperator, ' is not the server''s') from pg_operator o
  where o.oprnamespace = 'pg_catalog'::regnamespace and o.oid >= 16384
    and not exists (select from pg_depend d where d.objid = o.oid and d.deptype = 'e')
union all
select concat('the table or view ', c.oid::regclass, ' is not the server''s') from pg_class c
  where c.relnamespace = 'pg_catalog'::regnamespace and c.oid >= 16384 and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all
select concat('the type ', y.oid::regtype, ' is not the server''s') from pg_type y
  where y.typnamespace = 'pg_catalog'::regnamespace and y.oid >= 16384 and y.typtype <> 'c' and y.typelem = 0
    and not exists (select from pg_depend d where d.objid = y.oid and d.deptype = 'e')
union all
select concat('the role ', rolname, ' may more than its name says') from pg_roles
  where rolname in ('recourse_writer', 'recourse_reader', 'recourse_masked', 'recourse_intake', 'recourse_proxy', 'recourse_owner')
    and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
union all
select concat('the login ', r.rolname, ' reads what only its writer may (bypassrls)') from pg_roles r
  where r.rolbypassrls and not r.rolsuper and r.rolname !~ '^(pg|recourse)_' and exists (select from pg_roles m where m.rolname in ('recourse_writer', 'recourse_reader')
    and pg_has_role(r.oid, m.oid, 'member')) and not pg_has_role(r.oid, 'recourse_owner', 'member')
union all
select concat('sessions of ', coalesce(r.rolname, 'everyone'), ' start without triggers (session_replication_role)')
  from pg_db_role_setting g left join pg_roles r on r.oid = g.setrole cross join lateral unnest(g.setconfig) it
  where it ilike 'session_replication_role=%' and it not ilike '%=origin' and g.setdatabase in (0, (select oid from pg_database where datname = current_database()))
union all
select concat('rights are given by default to what ', pg_get_userbyid(d.defaclrole), ' makes (alter default privileges)') from pg_default_acl d
  where d.defaclnamespace in (0, current_schema()::regnamespace, to_regnamespace(current_schema() || '_masked'))
    -- What others make is not in this schema.
    and (pg_has_role(d.defaclrole, 'recourse_owner', 'member') or has_schema_privilege(d.defaclrole, current_schema(), 'create'))
union all
select 'recourse_owner can log in, or is a superuser' from pg_roles where rolname = 'recourse_owner' and (rolcanlogin or rolsuper)
union all
select concat('the cast ', castsource::regtype, ' as ', casttarget::regtype, ' is not the server''s') from pg_cast c
  where c.oid >= 16384 and (c.castcontext <> 'e' or (select bool_and(typnamespace = 'pg_catalog'::regnamespace) from pg_type where oid in (c.castsource, c.casttarget)))
    and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
union all
select 'the numbers of the feed were set back (transition_id_seq)' from transition_id_seq q
  where q.last_value < greatest((select max(id) from transition), (select max(id) from case_event))
union all
select 'the epochs are not those of the log (epoch)' where (select max(epoch) from transition where id = (select max(id) from transition)) > (select max(number) from epoch)
  or exists (select from generate_series(1, (select max(number) from epoch)) n where n not in (select number from epoch))
order by 1
