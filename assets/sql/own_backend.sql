-- The server process of this connection, and when it started.
select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()
