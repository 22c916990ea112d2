-- How many facts are in quarantine, cases of a person or of no one, and requests that wait for a person, counted up to a limit; and how long the feed has been held back, in seconds, and by whose login.
-- That is the age of the oldest row of the log or of a case that exists and is not visible yet.
with fence as materialized (select feed_limit() as xid, (select max(number) from epoch) as epoch),
late as (select least((select min(recorded_at) from transition t, fence f where t.epoch = f.epoch and t.xid >= f.xid),
  (select min(at) from case_event e, fence f where e.epoch = f.epoch and e.xid >= f.xid)) as since)
select (select count(*) from (select from quarantine where state = 'waiting' limit $1) waiting) as quarantined,
  (select count(*) from (select from dispute_case where open and owner = $2 limit $1) mine)
    + (select count(*) from (select from dispute_case where queue = 'working' and owner is null limit $1) unclaimed) as cases,
  (select count(*) from (select from request where state in ('to_approve', 'unknown') limit $1) asked) as requests,
  coalesce(extract(epoch from clock_timestamp() - late.since), 0)::float8 as behind,
  case when late.since is not null then (select a.usename::text from pg_stat_activity a, fence f where a.backend_xid = f.xid::xid limit 1) end as holder
from late
