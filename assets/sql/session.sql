-- Every session: names are looked up in this schema only, and no transaction may run so long that the feed stalls.
set search_path = {schema}, pg_temp; set jit = off; set statement_timeout = '60s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '20s'
