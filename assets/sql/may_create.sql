-- Who may create objects in this schema or owns it, other than superusers and the program's own role.
select string_agg(distinct case when a.grantee = 0 then 'everyone' else r.rolname end, ', ') as others
from pg_namespace n
cross join lateral (
  select grantee from aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) where privilege_type = 'CREATE' and grantee <> n.nspowner
  union all select n.nspowner) a
left join pg_roles r on r.oid = a.grantee
where n.nspname in ($1::text, $1::text || '_masked') and not coalesce(r.rolsuper, false) and coalesce(r.rolname, '') not in ('recourse_owner', 'pg_database_owner')
  and not coalesce(pg_has_role(r.oid, 'recourse_owner', 'member'), false)
