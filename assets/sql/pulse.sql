-- How many facts wait for a person, as far as one cares to count, and how long the feed has been held back, in seconds.
-- That is the age of the oldest row that is there and cannot show yet.
select (select count(*) from (select from quarantine where state = 'waiting' limit $1) waiting),
  (select coalesce(extract(epoch from clock_timestamp() - min(recorded_at)), 0)::float8
   from transition where epoch = (select max(number) from epoch) and xid >= pg_snapshot_xmin(pg_current_snapshot()))
