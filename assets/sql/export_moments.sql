-- When these orders were approved and authorised, and the references of their moves and of what is paid to each party now.
select t.order_id, min(shown(t.happened_at)) filter (where t.action = 'approve') as approved_at,
  min(shown(t.happened_at)) filter (where t.action = 'authorise') as authorised_at,
  coalesce(array_agg(t.reference order by t.seq) filter (where t.reference is not null
    and not (t.action = 'complete' and exists (select from payout p where p.order_id = t.order_id))), '{}')
    || coalesce((select array_agg(p.reference order by p.party desc) from payout p where p.order_id = t.order_id and p.state = 'confirmed'), '{}') as refs
from transition t where t.order_id = any($1) group by t.order_id
