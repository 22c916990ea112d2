-- Takes the lock to run a plan for as long as this connection lives, if it is free or held by a login that could not run it.
select pg_try_advisory_lock(hashtext('recourse plan'), $1) or not exists (
  select from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.classid = hashtext('recourse plan')::oid and l.objid = $1::oid
    and l.database = (select oid from pg_database where datname = current_database()) and l.granted and pg_has_role(a.usesysid, 'recourse_writer', 'member')
    and may(a.usename, 'plan', 'change'))
