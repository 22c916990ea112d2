-- Errors in cases, decisions, payouts and files: the order and what is wrong, one row each.
select o.id, 'the order is in dispute but has no open case' from orders o
  where o.provider = 'atarapay' and o.status in ('dispute', 'disputed', 'dispute_resolved') and not exists (select from dispute_case c where c.order_id = o.id and c.open)
union all
select o.id, 'the order has ended but has an open case' from orders o join dispute_case c on c.order_id = o.id and c.open
  where o.provider = 'atarapay' and o.status in ('completed', 'cancelled') and c.seq > 1 and c.opened_at < o.changed_at
union all
select t.order_id, 'the order was resolved but has no decision' from transition t
  where t.provider = 'atarapay' and t.to_status = 'dispute_resolved' and not exists (select from decision d where d.order_id = t.order_id)
union all
select d.order_id, 'the decision differs from the order''s log' from decision d
  left join transition t on t.order_id = d.order_id and t.seq = d.transition_seq
  where (t.to_status, t.to_seller, t.to_buyer, t.total, t.actor, t.recorder, t.login, t.happened_at) is distinct from
    ('dispute_resolved', d.to_seller, d.to_buyer, d.total, d.decided_actor, d.decided_by, d.decided_login, d.decided_at)
    or d.basis <> case when t.action = 'withdraw' then 'withdrawn' when t.source = 'console' then 'settled' else 'reported' end
union all
select d.order_id, 'the decision differs from its proposal' from decision d
  left join case_proposal p on p.order_id = d.order_id and p.number = d.number and p.seq = d.proposal_seq
  left join case_event e on e.order_id = p.order_id and e.number = p.number and e.seq = p.seq and e.what = 'proposed'
  where (d.proposal_seq is not null and (p.to_seller, p.to_buyer, p.reason, p.rationale, e.recorder, e.login) is distinct from
      (d.to_seller, d.to_buyer, d.reason, d.rationale, d.proposed_by, d.proposed_login))
    or (d.basis = 'settled' and d.proposal_seq is null)
union all
select d.order_id, 'the decision is above the limit of its time, and no one else approved it' from decision d
  join case_event e on e.order_id = d.order_id and e.number = d.number and e.what = 'decided'
  where d.approved_by is null
    -- A policy and a decision may pass each other: within a minute either counts.
    and not exists (select from desk_policy p where (p.at between e.at - interval '1 minute' and e.at
        or p.number = (select max(number) from desk_policy where at < e.at - interval '1 minute'))
      and p.body->'limits' ? d.currency and coalesce(d.total <= (p.body->'limits'->>d.currency)::bigint, true))
    -- What is reported above it was proposed before, or a lead released it.
    and not (d.basis <> 'settled' and d.proposal_seq is not null)
    and not (d.basis <> 'settled' and exists (select from quarantine q join transition t on t.order_id = d.order_id and t.seq = d.transition_seq
      where q.order_id = d.order_id and q.state = 'applied' and q.settled_xid = t.xid
        and (exists (select from person_change c where c.login = q.settled_by and c.role = 'lead' and c.granted and c.changed_at < q.settled_at + interval '1 minute'
            and not exists (select from person_change r where r.login = c.login and r.role = c.role and not r.granted and r.id > c.id and r.changed_at < q.settled_at - interval '1 minute'))
          or not exists (select from person_change c where c.changed_at < q.settled_at))))
union all
select d.order_id, 'the payouts differ from the decision' from decision d
  cross join lateral (select coalesce(sum(amount) filter (where party = 'seller'), 0) as seller,
    coalesce(sum(amount) filter (where party = 'buyer'), 0) as buyer from payout p where p.order_id = d.order_id) owed
  where d.to_seller <> owed.seller or d.to_buyer <> owed.buyer
union all
select p.order_id, 'the order is completed but a payout is not confirmed' from payout p join orders o on o.id = p.order_id
  where o.provider = 'atarapay' and o.status = 'completed' and p.state <> 'confirmed'
    and not exists (select from payout_event e where e.order_id = p.order_id and e.party = p.party and e.what = 'returned')
union all
select p.order_id, 'all payouts are confirmed but the order is not completed' from orders o join payout p on p.order_id = o.id
  where o.provider = 'atarapay' and o.status = 'dispute_resolved' group by p.order_id having bool_and(p.state = 'confirmed')
union all
select p.order_id, 'a payout does not match its last event' from payout p
  left join lateral (select e.what, e.seq from payout_event e where e.order_id = p.order_id and e.party = p.party order by e.seq desc limit 1) e on true
  where p.seq <> coalesce(e.seq, 0) or p.state <> coalesce(case when e.what = 'reopened' then 'pending' else e.what end, 'pending')
union all
select p.order_id, 'a payout has another reference than its last event' from payout p
  left join lateral (select e.reference from payout_event e where e.order_id = p.order_id and e.party = p.party and e.reference is not null
      and e.seq > coalesce((select max(r.seq) from payout_event r where r.order_id = p.order_id and r.party = p.party and r.what = 'reopened'), 0)
    order by e.seq desc limit 1) e on true
  where p.reference is distinct from e.reference
union all
select p.order_id, 'a payout was confirmed more than once' from payout_event p
  group by p.order_id, p.party having count(*) filter (where p.what = 'confirmed') > count(*) filter (where p.what = 'returned') + 1
union all
select c.order_id, 'a case has another stage, owner or reason than its events give' from dispute_case c
  left join lateral (select case e.what when 'proposed' then 'proposed' when 'decided' then 'decided' when 'closed' then 'closed' else 'working' end as stage
    from case_event e where e.order_id = c.order_id and e.number = c.number
      and e.what in ('opened', 'proposed', 'retracted', 'rejected', 'decided', 'closed') order by e.seq desc limit 1) s on true
  left join lateral (select case when e.what = 'asked' then e.party end as waiting from case_event e where e.order_id = c.order_id and e.number = c.number
      and (e.what in ('asked', 'resumed', 'proposed', 'decided', 'closed') or (e.what = 'answered' and e.party = (select a.party from case_event a
        where a.order_id = e.order_id and a.number = e.number and a.what = 'asked' and a.seq < e.seq order by a.seq desc limit 1)))
    order by e.seq desc limit 1) w on true
  left join lateral (select e.claimed from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'classified'
      and e.claimed is not null order by e.seq desc limit 1) k on true
  left join lateral (select e.reason from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'classified'
      and e.reason is not null order by e.seq desc limit 1) r on true
  left join decision d on d.order_id = c.order_id and d.number = c.number
  left join lateral (select max(e.seq) as seq from case_event e join case_rule l on l.event = e.what
    where e.order_id = c.order_id and e.number = c.number and l.material) m on true
  left join lateral (select e.until from case_event e where e.order_id = c.order_id and e.number = c.number
      and e.what not in ('noted', 'attached', 'checked', 'unchecked', 'language') order by e.seq desc limit 1) z on true
  cross join lateral (select coalesce(max(e.seq) filter (where e.what = 'answered'), 0) as reply,
      (array_agg(e.item order by e.seq desc) filter (where e.what = 'language' and e.party = 'buyer'))[1] as buyer,
      (array_agg(e.item order by e.seq desc) filter (where e.what = 'language' and e.party = 'seller'))[1] as seller
    from case_event e where e.order_id = c.order_id and e.number = c.number and e.what in ('answered', 'language')) v
  where (c.stage, c.waiting, c.claimed, c.reason, c.material_event, c.snoozed_until, c.reply_event, c.buyer_language, c.seller_language) is distinct from
    (s.stage, w.waiting, k.claimed, coalesce(d.reason, r.reason), coalesce(m.seq, 0), z.until, v.reply, v.buyer, v.seller)
union all
select c.order_id, 'the deadline of a case is not that of its clocks' from dispute_case c
  left join lateral (select k.name, k.due_at from case_clock k where k.order_id = c.order_id and k.number = c.number and k.ended_at is null and k.due_at is not null
    order by k.name = 'approval' desc, k.due_at, k.name limit 1) k on true
  where (c.clock, c.due_at) is distinct from (k.name, k.due_at)
union all
select c.order_id, 'a case does not match its last event' from dispute_case c
  left join lateral (select max(e.seq) as seq, count(*) as events from case_event e where e.order_id = c.order_id and e.number = c.number) e on true
  where c.seq <> coalesce(e.seq, 0) or e.events <> c.seq
union all
select d.order_id, 'a decision was approved by the person who proposed it' from decision d
  where d.approved_by is not null and (d.approved_by = d.proposed_by or d.approved_login = d.proposed_by)
union all
select c.order_id, 'a case holds another amount than its order, or was opened at another time' from dispute_case c join orders o on o.id = c.order_id
  where (c.amount, c.currency) is distinct from (o.amount, o.currency)
    or not exists (select from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'opened'
      and (c.opened_at between e.at - interval '1 minute' and e.at + interval '1 minute'
        or exists (select from transition t where t.order_id = c.order_id and t.happened_at = c.opened_at)))
union all
select c.order_id, 'a case has another owner than its events give' from dispute_case c
  cross join lateral (select coalesce(max(e.seq), 0) as seq from case_event e where e.order_id = c.order_id and e.number = c.number and e.what in ('released', 'returned')) back
  left join lateral (select case when e.what in ('handed_over', 'reassigned') then e.person else e.recorder end as person from case_event e
    where e.order_id = c.order_id and e.number = c.number and e.seq > back.seq and e.what in ('claimed', 'taken', 'handed_over', 'reassigned') order by e.seq desc limit 1) given on true
  left join lateral (select e.recorder as person from case_event e join case_rule l on l.event = e.what
    where e.order_id = c.order_id and e.number = c.number and e.seq > back.seq and l.owner = 'free' and e.what <> 'closed'
      and e.seq < coalesce((select min(d.seq) from case_event d where d.order_id = c.order_id and d.number = c.number and d.what in ('decided', 'closed')), 2147483647)
    order by e.seq limit 1) began on true
  where c.owner is distinct from coalesce(given.person, began.person)
union all
select c.order_id, 'a case was answered, decided or closed at another time than its events say' from dispute_case c
  cross join lateral (select min(e.at) filter (where e.what in ('asked', 'messaged')) as answered, max(e.at) filter (where e.what = 'decided') as decided,
    max(e.at) filter (where e.what = 'closed') as closed from case_event e where e.order_id = c.order_id and e.number = c.number) e
  where c.answered_at is distinct from e.answered
    or (c.decided_at is distinct from e.decided and not exists (select from decision d where d.order_id = c.order_id and d.decided_at = c.decided_at and e.decided is not null))
    or (c.closed_at is distinct from e.closed
      and not exists (select from transition t where t.order_id = c.order_id and t.happened_at = c.closed_at and e.closed is not null))
union all
select c.order_id, 'a case is at another level of lateness than its events and the policy give' from dispute_case c
  left join lateral (select e.level from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'escalated' order by e.seq desc limit 1) e on true
  where c.level not in (0, coalesce(e.level, 0)) or (c.escalate_at is not null and not exists (select from desk_policy p
    where c.escalate_at = c.due_at + make_interval(secs => (p.body->'escalate'->>(c.level::int))::bigint)))
union all
select c.order_id, 'a case names other people than its order, or another person opened it' from dispute_case c join orders o on o.id = c.order_id
  where (c.merchant, c.buyer, c.seller, c.phones) is distinct from (o.merchant, o.buyer, o.seller, phones_of(o.buyer) || phones_of(o.seller))
    or c.reopened <> (c.number > 1) or c.rank <> case when c.stage = 'closed' and c.trouble is null then - micros(c.closed_at)
      else coalesce(micros(c.due_at), 253370764800000000) end
    or c.opened_by is distinct from (select e.recorder from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'opened' order by e.seq limit 1)
union all
select x.order_id, concat('the ', x.kind, ' of the ', x.party, ' were erased before the policy''s time') from erasure x
  -- By a policy that was in force within the minute before it.
  where not exists (select from desk_policy p where p.at <= x.at and not exists (select from desk_policy later where later.number > p.number and later.at <= x.at - interval '1 minute')
    and x.at >= make_interval(secs => (p.body->'retention'->>x.kind)::bigint)
      + (select t.happened_at from transition t where t.order_id = x.order_id and t.recorded_at <= x.at order by t.seq desc limit 1))
union all
select e.order_id, concat('an event of the case that only time causes was written: ', e.what) from case_event e
  where e.actor = 'clock' and (e.what not in ('opened', 'returned', 'woken', 'escalated', 'decided', 'closed') or (e.what in ('opened', 'decided', 'closed')
    and not exists (select from transition t where t.order_id = e.order_id and t.xid = e.xid and t.actor = 'clock')))
union all
select e.order_id, 'a payout is confirmed by the provider, and it told of no completion then' from payout_event e
  where e.actor = 'provider' and (e.what <> 'confirmed' or not exists (select from transition t join seal s on s.xid = t.xid and s.source = 'payout_event'
      and s.place = concat_ws(' ', e.order_id, e.party, e.seq) where t.order_id = e.order_id and t.to_status = 'completed' and t.source <> 'console'))
union all
select e.order_id, concat('an event of the case says what no payout and no move caused: ', e.what) from case_event e
  where (e.what = 'payout' and not exists (select from payout_event p join seal s on s.source = 'payout_event' and s.place = concat_ws(' ', p.order_id, p.party, p.seq)
      where p.order_id = e.order_id and s.xid = e.xid))
    or (e.what = 'decided' and not exists (select from transition t where t.order_id = e.order_id and t.xid = e.xid and t.to_status = 'dispute_resolved'))
union all
select p.order_id, 'a payout is in another currency than its decision' from payout p join decision d using (order_id) where p.currency <> d.currency
union all
select e.order_id, 'the plan was approved by the person who made it' from (select 'plan ' || l.number as order_id from plan l join plan_event e on e.plan = l.number and e.what = 'approved'
  where e.recorder in (l.made_by, l.made_login) or e.login = l.made_by) e
union all
select 'plan ' || l.number, 'the plan has another number of rows than it says' from plan l
  where l.orders <> (select count(*) from plan_row r where r.plan = l.number)
union all
select r.order_id, concat('request ', r.id, ' is done, and no move of the order is what was asked') from request r where r.state = 'done' and not exists (
  select from transition t where t.order_id = r.order_id and t.seq = r.seq and t.seq > r.version and t.actor = r.actor
    and (t.action = r.action and t.amount is not distinct from r.amount or r.action = 'authorise' and t.action = 'capture'))
union all
select e.order_id, 'a case says decided, and there is no decision' from case_event e
  where e.what = 'decided' and not exists (select from decision d where d.order_id = e.order_id)
union all
select c.order_id, 'a case has a trouble with a payout that its payouts do not have' from dispute_case c
  cross join lateral (select case when c.stage = 'closed' then 'returned' else 'failed' end as named, count(*) as open, count(*) filter (where p.state in ('failed', 'returned')) as bad
    from payout p join decision d on d.order_id = p.order_id and d.number = c.number where p.order_id = c.order_id and p.state <> 'confirmed') owed
  where c.trouble is distinct from case when owed.open > 0 and (c.stage = 'closed' or owed.bad > 0) then owed.named end
union all
select f.order_id, 'an attached file was changed' from case_file f where sha256(f.content) <> f.digest or (f.content is null and f.digest is not null)
order by 1, 2
