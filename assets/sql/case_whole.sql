-- A case with all its details, but no file's content; without a number, an order's open case, or else its latest.
select json_build_object(
  'case', row_to_json(c),
  'events', (select coalesce(json_agg(e order by e.seq), '[]') from case_event_seen e where e.order_id = c.order_id and e.number = c.number),
  'proposal', (select row_to_json(p) from case_proposal_seen p where p.order_id = c.order_id and p.number = c.number order by p.seq desc limit 1),
  'decision', (select row_to_json(d) from decision d where d.order_id = c.order_id and d.number <= c.number),
  'payouts', (select coalesce(json_agg(p order by p.party desc), '[]') from payout p
    where p.order_id = c.order_id and exists (select from decision d where d.order_id = c.order_id and d.number <= c.number)),
  'clocks', (select coalesce(json_agg(k order by k.due_at nulls last, k.name), '[]') from (select name, shown(due_at) as due_at, rest, order_id, number, ended_at from case_clock) k
    where k.order_id = c.order_id and k.number = c.number and k.ended_at is null))::text
from case_seen c where c.order_id = $1 and ($2::int is null or c.number = $2) order by c.stage = 'closed', c.number desc limit 1
