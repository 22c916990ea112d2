-- What was recorded after a place in the feed, for orders and their cases.
-- A row is visible only when no older row can still appear before it: the limit is the oldest running transaction of a login that may
-- write, and applies to the current epoch only.
select epoch, xid::text as xid, id, order_id, seq, action, from_status, to_status, recorder, recorded_at, of_case from (
  (select epoch, xid, id, order_id, seq, action, from_status, to_status, recorder, recorded_at, false as of_case
  from transition
  where (epoch, xid, id) > ($1, $2::xid8, $3)
    and (epoch < (select max(number) from epoch) or xid < (select feed_limit()))
  order by epoch, xid, id limit $4)
  union all
  (select epoch, xid, id, order_id, seq, what, '', '', recorder, at, true
  from case_event
  where (epoch, xid, id) > ($1, $2::xid8, $3)
    and (epoch < (select max(number) from epoch) or xid < (select feed_limit()))
  order by epoch, xid, id limit $4)) news
order by news.epoch, news.xid, news.id limit $4
