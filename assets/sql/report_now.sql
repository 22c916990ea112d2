-- Cases open and overdue at the end of a period, and those opened in it, with how many were reopened and escalated; payouts of what was decided in it.
select (select count(*) from dispute_case where opened_at < $2 and (closed_at is null or closed_at >= $2)) as backlog,
  count(*) as came, count(*) filter (where reopened) as reopened,
  count(*) filter (where level > 0 or exists (select from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'escalated')) as escalated,
  (select count(*) from dispute_case where open and rank < micros($2)) as overdue,
  (select count(*) from payout p join decision d using (order_id) where d.decided_at >= $1 and d.decided_at < $2) as payouts,
  (select count(*) from payout p join decision d using (order_id) where d.decided_at >= $1 and d.decided_at < $2
    and exists (select from payout_event e where (e.order_id, e.party) = (p.order_id, p.party) and e.what in ('failed', 'returned'))) as failed
from dispute_case c where opened_at >= $1 and opened_at < $2
