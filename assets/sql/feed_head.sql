-- The place in the feed after the last row that is already safe to read, and the time.
select (select max(number) from epoch) as epoch, feed_limit()::text as xid, clock_timestamp() as now
