-- For how many seconds the oldest writing transaction has held the feed back.
select coalesce(extract(epoch from clock_timestamp() - min(xact_start)), 0)::float8 from pg_stat_activity
where backend_xid is not null and pid <> pg_backend_pid()
