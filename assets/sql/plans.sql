-- Plans, newest first, with the state of each and the results of its rows; rows are counted only while it runs.
select p.number, p.title, p.needs_approval, p.rate, p.stop_after, p.made_by, p.made_at, last.what, last.why, last.seq, last.recorder as by,
  last.at, (select recorder from plan_event e where e.plan = p.number and e.what = 'approved' order by seq limit 1) as approved_by,
  p.orders::bigint as orders, coalesce(now.accepted, last.accepted, 0)::bigint as accepted,
  coalesce(now.refused, last.refused, 0)::bigint as refused, coalesce(now.changed, last.changed, 0)::bigint as changed, coalesce(now.unknown, last.unknown, 0)::bigint as unknown,
  coalesce(last.what = 'started', false) and exists (select from pg_locks l join pg_stat_activity a using (pid) where pg_has_role(a.usesysid, 'recourse_writer', 'member') and l.locktype = 'advisory' and l.classid = hashtext('recourse plan')::oid
    and l.objid = p.number::oid and l.database = (select oid from pg_database where datname = current_database())) as held
from plan p
left join lateral (select * from plan_event e where e.plan = p.number order by seq desc limit 1) last on true
left join lateral (
  select count(*) filter (where outcome = 'accepted') as accepted, count(*) filter (where outcome = 'refused') as refused,
    count(*) filter (where outcome = 'changed') as changed, count(*) filter (where outcome = 'unknown') as unknown
  from plan_result r where r.plan = p.number) now on last.what = 'started'
where $1::bigint is null or p.number = $1 order by p.number desc limit $2
