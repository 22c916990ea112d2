-- The server's version, its clock, whether it is read-only, and whether the connection is encrypted.
select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
  clock_timestamp() as clock, pg_is_in_recovery() as standby,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted
