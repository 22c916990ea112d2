-- The latest transitions of one order, up to a limit, as recorded.
select t.order_id, t.seq, t.happened_at, t.recorded_at, t.actor, t.action, t.from_status, t.to_status, t.amount, t.to_seller,
  t.to_buyer, t.outcome, t.rejection_pending, t.source, t.recorder, t.reason, t.note, t.reference, t.inferred, t.contradictory,
  t.source in ('notification', 'answer', 'reading') or c.seq is not null as confirmed, c.reference as confirmed_reference,
  t.of_capture, case when t.of_capture is not null then capture_doubt(t.order_id, t.seq, t.of_capture) end as doubt
from transition t left join confirmation c on c.order_id = t.order_id and c.seq = t.seq
where t.order_id = $1 and t.seq > (select version from orders where id = $1) - $2 order by t.seq
