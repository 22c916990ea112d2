-- An order and its open or latest case as a command on it needs them; whether the request id is recorded; another person's roles.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, o.opened_at, o.status, o.version, o.authorised,
  o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer, o.entered_at,
  o.moved_at, o.due_at,
  (select count(*) from (select from quarantine q where q.order_id = o.id and q.state = 'waiting' limit 1) waiting) as quarantined,
  json_build_object(
    'case', row_to_json(c),
    'proposal', (select row_to_json(p) from case_proposal_seen p where p.order_id = o.id and p.number = c.number order by p.seq desc limit 1),
    'payouts', (select coalesce(json_agg(p order by p.party desc), '[]') from payout p where p.order_id = o.id),
    'registered', exists (select from person),
    'roles', (select coalesce(json_agg(role order by role), '[]') from person where login = $3))::text as detail,
  d.number as policy_number, d.body::text as policy_body,
  exists (select from transition t where t.request_id = $2)
    or exists (select from case_event e where e.order_id = o.id and e.request_id = $2)
    or exists (select from payout_event e where e.order_id = o.id and e.request_id = $2) as requested
from orders o
cross join lateral (select * from case_seen where order_id = o.id order by stage = 'closed', number desc limit 1) c
cross join lateral (select number, body from desk_policy order by number desc limit 1) d
where o.id = $1
