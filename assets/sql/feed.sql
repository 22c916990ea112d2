-- What was recorded since a place in the feed.
-- A row shows only once nothing older can still appear before it: the fence is the oldest running transaction, and
-- holds for the present epoch only.
select epoch, xid::text as xid, id, order_id, seq, action, from_status, to_status, recorder
from transition
where (epoch, xid, id) > ($1, $2::xid8, $3)
  and (epoch < (select max(number) from epoch) or xid < pg_snapshot_xmin(pg_current_snapshot()))
order by epoch, xid, id limit $4
