-- Ends a server process of this login whose client is gone, so that it holds nothing any longer.
select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and backend_start = $2 and usename = session_user and pid <> pg_backend_pid()
