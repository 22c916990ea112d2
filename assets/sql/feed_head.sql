-- The place in the feed after everything that is already safe to see.
select (select max(number) from epoch) as epoch, pg_snapshot_xmin(pg_current_snapshot())::text as xid
