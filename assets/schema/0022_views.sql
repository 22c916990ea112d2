-- Views that every reading statement uses.

set local role recourse_owner;

-- A case with its order's status.
create view case_seen as
  select c.order_id, c.number, c.currency, c.amount, c.merchant, c.buyer, c.seller, c.opened_at, c.opened_by, c.seq, c.material_event, c.stage, c.waiting,
    c.queue, c.reason, c.claimed, c.owner, c.lease_until, c.clock, shown(c.due_at) as due_at, c.rank, c.level, c.reopened,
    c.answered_at, c.decided_at, c.closed_at, c.snoozed_until, c.buyer_language, c.seller_language, c.reply_event, o.status, o.version
  from dispute_case c join orders o on o.id = c.order_id;

-- An event of a case with its note, its message and what is known of its file; never the file's content.
create view case_event_seen as
  select e.order_id, e.number, e.seq, e.what as kind, e.party, e.person, e.words, e.reason, e.claimed, e.item, e.until, e.clock, e.level, e.actor, e.recorder, e.at,
    case when n.seq is not null then coalesce(n.body, '(erased)') end as note,
    case when m.seq is not null then json_build_object('party', e.party, 'theirs', e.what = 'answered', 'body', coalesce(m.body, '(erased)')) end as message,
    case when d.seq is not null then json_build_object('state', d.state, 'fault', d.fault, 'sent_at', d.sent_at) end as delivery,
    case when f.seq is not null then json_build_object('name', coalesce(f.name, '(erased)'), 'kind', f.kind, 'facts', coalesce(f.facts, ''), 'size', f.size,
      'digest', coalesce(encode(f.digest, 'hex'), '')) end as file
  from case_event e
  left join case_note n on n.order_id = e.order_id and n.number = e.number and n.seq = e.seq
  left join case_message m on m.order_id = e.order_id and m.number = e.number and m.seq = e.seq
  left join message_delivery d on d.order_id = e.order_id and d.number = e.number and d.seq = e.seq
  left join case_file f on f.order_id = e.order_id and f.number = e.number and f.seq = e.seq;

-- A proposal, who made it and when.
create view case_proposal_seen as
  select p.order_id, p.number, p.seq, p.order_version, p.material_event, p.to_seller, p.to_buyer, p.reason, coalesce(p.rationale, '(erased)') as rationale,
    coalesce(p.say_seller, '(erased)') as say_seller, coalesce(p.say_buyer, '(erased)') as say_buyer,
    e.recorder, e.at
  from case_proposal p join case_event e on e.order_id = p.order_id and e.number = p.number and e.seq = p.seq;

-- An order with its facts in quarantine, the owner and deadline of its open case, and whether the provider still had it past its own deadline. An order that was made without its log has
-- times that no calendar shows.
create view order_seen as
  select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, shown(o.opened_at) as opened_at, o.status, o.version, o.authorised,
    o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer,
    shown(o.entered_at) as entered_at, shown(o.moved_at) as moved_at, shown(o.due_at) as due_at, shown(o.changed_at) as changed_at, o.unconfirmed::bigint as unconfirmed,
    (select count(*) from quarantine q where q.order_id = o.id and q.state = 'waiting') as quarantined,
    c.owner as case_owner, shown(c.due_at) as case_due_at,
    (select array_agg(n.number order by n.number) from order_number n where n.order_id = o.id) as numbers,
    exists (select from seen s where s.order_id = o.id and s.outlived = o.due_at and s.status = o.status) as outlived
  from orders o left join dispute_case c on c.order_id = o.id and c.open;

reset role;
