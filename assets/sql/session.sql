-- Every session: names are looked up in this schema only, and no transaction may run so long that the feed stalls.
-- A client that is gone is noticed within half a minute.
set statement_timeout = '60s'; set lock_timeout = '10s'; set role none; set default_transaction_isolation = 'read committed'; set search_path = {path}, pg_temp; set jit = off; set idle_in_transaction_session_timeout = '20s';
set tcp_keepalives_idle = 15; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3; set tcp_user_timeout = '30s'
