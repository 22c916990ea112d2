-- Every session of a program that writes: the writer role, and no transaction that could stall the feed.
set role recourse_writer; set jit = off; set statement_timeout = '60s'; set lock_timeout = '10s'; set idle_in_transaction_session_timeout = '20s'
