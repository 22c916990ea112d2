-- Views that every reading statement uses.

set local role recourse_owner;

-- A case with its order's status.
create view case_seen as
  select c.order_id, c.number, c.currency, c.amount, c.merchant, c.buyer, c.seller, c.opened_at, c.opened_by, c.seq, c.material_event, c.stage, c.waiting,
    c.queue, c.reason, c.claimed, c.owner, c.lease_until, c.clock, shown(c.due_at) as due_at, c.rank, c.level, c.reopened,
    c.answered_at, c.decided_at, c.closed_at, o.status, o.version
  from dispute_case c join orders o on o.id = c.order_id;

-- An order with its facts in quarantine and the owner and deadline of its open case. An order that was made without its log has
-- times that no calendar shows.
create view order_seen as
  select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, shown(o.opened_at) as opened_at, o.status, o.version, o.authorised,
    o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer,
    shown(o.entered_at) as entered_at, shown(o.moved_at) as moved_at, shown(o.due_at) as due_at, o.unconfirmed::bigint as unconfirmed,
    (select count(*) from quarantine q where q.order_id = o.id and q.state = 'waiting') as quarantined,
    c.owner as case_owner, shown(c.due_at) as case_due_at
  from orders o left join dispute_case c on c.order_id = o.id and c.open;

reset role;
