-- What people recorded who had no role for it then: moves, events of cases, payouts and approvals.
-- While no one was registered, everyone had one. A change of roles and a move may pass each other: within a minute either counts.
with first as (select min(changed_at) + interval '1 minute' as at from person_change),
held as (select login, role, granted, changed_at - interval '1 minute' as since,
    coalesce(lead(changed_at) over (partition by login, role order by id), 'infinity') + interval '1 minute' as until from person_change),
done as (
  select t.order_id, t.recorder as person, t.provider as object, t.actor || ' ' || t.action as action, t.recorded_at as at from transition t
    where t.source = 'console' and t.seq > 1
  union all
  select e.order_id, e.recorder, 'case', r.action, e.at from case_event e join case_rule r on r.event = e.what
    where r.action is not null and r.owner is not null and e.recorder <> ''
      -- What follows from a move has its actor.
      and (e.actor is null or not exists (select from transition t where t.order_id = e.order_id and t.xid = e.xid))
  union all
  -- Who opens a case that no move opened.
  select e.order_id, e.recorder, 'case', 'open', e.at from case_event e
    where e.what = 'opened' and not exists (select from transition t where t.order_id = e.order_id and t.xid = e.xid)
  union all
  select p.order_id, p.recorder, 'case', 'pay', p.at from payout_event p where p.actor is distinct from 'provider'
  union all
  select r.order_id, r.asked_by, r.provider, r.actor || ' ' || r.action, r.created_at from request r
  union all
  -- An approval is the first thing that happens to a request.
  select r.order_id, r.approved_by, 'request', 'approve', (select s.at from seal s where s.source = 'request' and s.place = r.id::text order by s.nr offset 1 limit 1)
    from request r where r.approved_by is not null
  union all
  select r.order_id, r.settled_by, 'request', 'settle', r.ended_at from request r where r.settled_by is not null
  union all
  select 'plan ' || e.plan, e.recorder, 'plan', 'change', e.at from plan_event e
  union all
  select 'plan ' || l.number, l.made_by, 'plan', 'change', l.made_at from plan l
  union all
  select 'policy ' || y.number, y.recorder, 'policy', 'change', y.at from desk_policy y
  union all
  select 'view ' || v.name, v.changed_by, 'view', 'change', v.changed_at from view_change v
  union all
  select 'people', c.changed_by, 'people', 'change', c.changed_at from person_change c where c.id > (select min(id) from person_change)
  union all
  select x.order_id, x.recorder, 'personal data', 'erase', x.at from erasure x
  union all
  select d.order_id, d.approved_by, 'case', 'approve', e.at from decision d
    join case_event e on e.order_id = d.order_id and e.number = d.number and e.what = 'decided' where d.approved_by is not null)
select distinct done.order_id, concat(done.person, ' had no role for this then: ', done.object, ' ', done.action) as what from done, first
where done.at > first.at and ($1::timestamptz is null or done.at >= $1) and not exists (select from held h join permission p on p.role = h.role
  where h.granted and h.login = done.person and p.object = done.object and p.action = done.action and done.at between h.since and h.until)
order by 1, 2
