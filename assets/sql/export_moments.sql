-- When these orders were approved and authorised, and the references of their moves.
select t.order_id, min(shown(t.happened_at)) filter (where t.action = 'approve') as approved_at,
  min(shown(t.happened_at)) filter (where t.action = 'authorise') as authorised_at,
  coalesce(array_agg(t.reference order by t.seq) filter (where t.reference is not null), '{}') as refs
from transition t where t.order_id = any($1) group by t.order_id
