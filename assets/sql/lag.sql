-- How many seconds a standby is behind its primary; empty on a primary. One that receives, and has replayed all of it, is not behind.
select case when not pg_is_in_recovery() then null
  when exists (select from pg_stat_wal_receiver where pid is not null) and pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() then 0
  else coalesce(extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()), 0) end::float8 as lag
