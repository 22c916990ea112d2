-- What guards a schema, each as text without the schema's name.
-- Functions, triggers, constraints, indexes, rules, columns, views, policies, owners and grants.
with s as (select oid from pg_namespace where nspname in ($1::text, $1 || '_masked')),
t as (select c.*, case when c.relnamespace = (select oid from pg_namespace where nspname = $1::text) then '' else 'masked ' end as place
  from pg_class c join s on c.relnamespace = s.oid where c.relkind in ('r', 'v', 'm', 'p', 'f', 'S') and c.relname <> '_sqlx_migrations'),
f as (select p.*, case when p.pronamespace = (select oid from pg_namespace where nspname = $1::text) then '' else 'masked ' end as place
  from pg_proc p join s on p.pronamespace = s.oid)
select 'function' as kind, concat(f.place, f.proname, '(', replace(pg_get_function_identity_arguments(f.oid), $1 || '.', ''), ')') as name,
  concat_ws(' ', f.prosrc, replace(pg_get_function_sqlbody(f.oid), $1 || '.', ''), f.provolatile, f.proparallel, f.proleakproof, f.prosecdef, f.proisstrict, l.lanname,
    replace(pg_get_function_result(f.oid), $1 || '.', ''), replace(pg_get_function_arguments(f.oid), $1 || '.', ''), replace(array_to_string(f.proconfig, ' '), '=' || $1 || ',', '=,'), pg_get_userbyid(f.proowner)) as body
  from f join pg_language l on l.oid = f.prolang
union all
select 'trigger', concat(g.tgname, ' on ', t.relname), concat_ws(' ', g.tgenabled, replace(pg_get_triggerdef(g.oid), $1 || '.', ''))
  from pg_trigger g join t on t.oid = g.tgrelid where not g.tgisinternal
union all
-- A foreign key is kept by triggers of the server.
select 'foreign key', concat(c.conname, ' on ', t.relname), string_agg(concat_ws(' ', g.tgenabled, g.tgtype, g.tgfoid::regproc), ', ' order by g.tgtype, g.tgfoid)
  from pg_trigger g join t on t.oid = g.tgrelid join pg_constraint c on c.oid = g.tgconstraint where g.tgisinternal group by c.conname, t.relname
union all
select 'constraint', concat(c.conname, ' on ', t.relname), concat_ws(' ', c.convalidated, replace(pg_get_constraintdef(c.oid), $1 || '.', ''))
  from pg_constraint c join t on t.oid = c.conrelid where c.contype in ('c', 'f', 'p', 'u')
union all
select 'domain', d.typname, concat_ws(' ', format_type(d.typbasetype, d.typtypmod), d.typnotnull, d.typdefault, pg_get_userbyid(d.typowner), (select string_agg(concat_ws(' ', c.conname,
    c.convalidated, replace(pg_get_constraintdef(c.oid), $1 || '.', '')), ' ' order by c.conname) from pg_constraint c where c.contypid = d.oid))
  from pg_type d join s on s.oid = d.typnamespace where d.typtype = 'd'
union all
select 'index', i.relname, concat_ws(' ', x.indisvalid, x.indisready, x.indislive, x.indimmediate, replace(pg_get_indexdef(x.indexrelid), $1 || '.', ''))
  from pg_index x join t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
union all
select 'rule', concat(r.rulename, ' on ', t.relname), concat_ws(' ', r.ev_enabled, replace(pg_get_ruledef(r.oid), $1 || '.', ''))
  from pg_rewrite r join t on t.oid = r.ev_class where r.rulename <> '_RETURN' or r.ev_enabled <> 'O'
union all
select 'view', concat(t.place, t.relname), replace(replace(pg_get_viewdef(t.oid), $1 || '_masked.', 'masked '), $1 || '.', '') from t where t.relkind = 'v'
union all
select 'column', concat(t.place, t.relname, '.', a.attname), concat_ws(' ', replace(format_type(a.atttypid, a.atttypmod), $1 || '.', ''), a.attnotnull, a.attgenerated, a.attidentity,
    replace(pg_get_expr(d.adbin, d.adrelid), $1 || '.', ''))
  from t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
  where t.relkind in ('r', 'v')
union all
select 'table', concat(t.place, t.relname), concat_ws(' ', t.relkind, t.reloptions, t.relrowsecurity, t.relforcerowsecurity, pg_get_userbyid(t.relowner), t.relpersistence,
    t.relhastriggers, t.relhasindex, t.relchecks = (select count(*) from pg_constraint c where c.conrelid = t.oid and c.contype = 'c')) from t
union all
-- An operator, a type or an aggregate of others would be found before the server's own.
select 'operator', o.oid::regoperator::text, '' from pg_operator o join s on s.oid = o.oprnamespace
union all
select 'child', concat(h.inhrelid::regclass, ' of ', t.relname), '' from pg_inherits h join t on t.oid = h.inhparent
union all
select 'parent', concat(h.inhparent::regclass, ' of ', t.relname), '' from pg_inherits h join t on t.oid = h.inhrelid
union all
select 'sequence', t.relname, concat_ws(' ', q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcycle, q.seqcache) from pg_sequence q join t on t.oid = q.seqrelid
union all
select 'policy', concat(y.polname, ' on ', t.relname), concat_ws(' ', y.polcmd, y.polpermissive, y.polroles, replace(pg_get_expr(y.polqual, y.polrelid), $1 || '.', ''),
    replace(pg_get_expr(y.polwithcheck, y.polrelid), $1 || '.', ''))
  from pg_policy y join t on t.oid = y.polrelid
union all
select 'grant', concat(lower(a.privilege_type), ' on ', t.place, t.relname, ' to ', coalesce(r.rolname, 'everyone')), case when a.is_grantable then 'with grant option' else '' end
  from t cross join lateral aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee where a.grantee <> t.relowner
union all
select 'grant', concat(lower(a.privilege_type), ' on ', t.place, t.relname, '.', n.attname, ' to ', coalesce(r.rolname, 'everyone')), ''
  from t join pg_attribute n on n.attrelid = t.oid cross join lateral aclexplode(n.attacl) a left join pg_roles r on r.oid = a.grantee
  where a.grantee <> t.relowner
union all
select 'grant', concat(lower(a.privilege_type), ' on schema', replace(n.nspname, $1::text, ''), ' to ', coalesce(r.rolname, 'everyone')), ''
  from pg_namespace n join s on s.oid = n.oid cross join lateral aclexplode(n.nspacl) a left join pg_roles r on r.oid = a.grantee where a.grantee <> n.nspowner
union all
select 'grant', concat('execute on ', f.place, f.proname, ' to ', coalesce(r.rolname, 'everyone')), ''
  from f cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
  left join pg_roles r on r.oid = a.grantee where a.grantee <> f.proowner
