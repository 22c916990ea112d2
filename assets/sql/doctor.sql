-- The server's version, its clock, its encoding, and whether the connection is encrypted.
select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
  clock_timestamp() as clock, current_setting('server_encoding') as encoding,
  coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted
