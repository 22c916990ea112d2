-- How many facts are in quarantine, counted up to a limit, and how long the feed has been held back, in seconds.
-- That is the age of the oldest row that exists and is not visible yet.
select (select count(*) from (select from quarantine where state = 'waiting' limit $1) waiting),
  (select coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8
   from transition where epoch = (select max(number) from epoch) and xid >= pg_snapshot_xmin(pg_current_snapshot()))
