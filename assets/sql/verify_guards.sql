-- What guards a schema, each as text without the schema's name: functions, triggers, constraints, policies and grants of writing.
with s as (select oid from pg_namespace where nspname = $1),
t as (select c.* from pg_class c join s on c.relnamespace = s.oid where c.relkind in ('r', 'v', 'S') and c.relname <> '_sqlx_migrations')
select 'function' as kind, concat(p.proname, '(', replace(pg_get_function_identity_arguments(p.oid), $1 || '.', ''), ')') as name,
  concat_ws(' ', p.prosrc, replace(pg_get_function_sqlbody(p.oid), $1 || '.', ''), p.provolatile, p.prosecdef, p.proisstrict, l.lanname,
    replace(pg_get_function_result(p.oid), $1 || '.', ''), replace(array_to_string(p.proconfig, ' '), '=' || $1 || ',', '=,')) as body
  from pg_proc p join s on p.pronamespace = s.oid join pg_language l on l.oid = p.prolang
union all
select 'trigger', concat(g.tgname, ' on ', t.relname), concat_ws(' ', g.tgenabled, replace(pg_get_triggerdef(g.oid), $1 || '.', ''))
  from pg_trigger g join t on t.oid = g.tgrelid where not g.tgisinternal
union all
select 'constraint', concat(c.conname, ' on ', t.relname), concat_ws(' ', c.convalidated, replace(pg_get_constraintdef(c.oid), $1 || '.', ''))
  from pg_constraint c join t on t.oid = c.conrelid where c.contype in ('c', 'f', 'p', 'u')
union all
select 'policy', concat(y.polname, ' on ', t.relname), concat_ws(' ', y.polcmd, t.relrowsecurity, replace(pg_get_expr(y.polqual, y.polrelid), $1 || '.', ''))
  from pg_policy y join t on t.oid = y.polrelid
union all
select 'grant', concat(lower(a.privilege_type), ' on ', t.relname, ' to ', coalesce(r.rolname, 'everyone')), ''
  from t cross join lateral aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee
  where a.grantee <> t.relowner and a.privilege_type not in ('SELECT', 'USAGE')
union all
select 'grant', concat(lower(a.privilege_type), ' on ', t.relname, '.', n.attname, ' to ', coalesce(r.rolname, 'everyone')), ''
  from t join pg_attribute n on n.attrelid = t.oid cross join lateral aclexplode(n.attacl) a left join pg_roles r on r.oid = a.grantee
  where a.grantee <> t.relowner and a.privilege_type <> 'SELECT'
union all
select 'grant', concat('execute on ', p.proname, ' to ', coalesce(r.rolname, 'everyone')), ''
  from pg_proc p join s on p.pronamespace = s.oid cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
  left join pg_roles r on r.oid = a.grantee where a.grantee <> p.proowner
