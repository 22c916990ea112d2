-- Errors in cases, decisions, payouts and files: the order and what is wrong, one row each.
select o.id, 'the order is in dispute but has no open case' from orders o
  where o.provider = 'atarapay' and o.status in ('dispute', 'disputed', 'dispute_resolved') and not exists (select from dispute_case c where c.order_id = o.id and c.open)
union all
select o.id, 'the order has ended but has an open case' from orders o join dispute_case c on c.order_id = o.id and c.open
  where o.provider = 'atarapay' and o.status in ('completed', 'cancelled') and c.seq > 1 and c.opened_at < o.entered_at
union all
select t.order_id, 'the order was resolved but has no decision' from transition t
  where t.provider = 'atarapay' and t.to_status = 'dispute_resolved' and not exists (select from decision d where d.order_id = t.order_id)
union all
select d.order_id, 'the decision differs from the order''s log' from decision d
  left join transition t on t.order_id = d.order_id and t.seq = d.transition_seq
  where (t.to_status, t.to_seller, t.to_buyer) is distinct from ('dispute_resolved', d.to_seller, d.to_buyer)
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
select p.order_id, 'a payout was confirmed more than once' from payout_event p
  group by p.order_id, p.party having count(*) filter (where p.what = 'confirmed') > count(*) filter (where p.what = 'returned') + 1
union all
select c.order_id, 'a case does not match its last event' from dispute_case c
  left join lateral (select max(e.seq) as seq, count(*) as events from case_event e where e.order_id = c.order_id and e.number = c.number) e on true
  where c.seq <> coalesce(e.seq, 0) or e.events <> c.seq
union all
select d.order_id, 'a decision was approved by the person who proposed it' from decision d
  where d.approved_by is not null and (d.approved_by = d.proposed_by or d.approved_login = d.proposed_by)
union all
select f.order_id, 'an attached file was changed' from case_file f where sha256(f.content) <> f.digest
order by 1, 2
