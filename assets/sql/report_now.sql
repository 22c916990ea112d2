-- Cases open and overdue at the end of a period, and those opened in it, with how many were reopened and escalated.
select (select count(*) from dispute_case where opened_at < $2 and (closed_at is null or closed_at >= $2)) as backlog,
  count(*) as came, count(*) filter (where reopened) as reopened,
  count(*) filter (where level > 0 or exists (select from case_event e where e.order_id = c.order_id and e.number = c.number and e.what = 'escalated')) as escalated,
  (select count(*) from dispute_case where open and rank < micros($2)) as overdue
from dispute_case c where opened_at >= $1 and opened_at < $2
