-- Every session of a program that only reads: the reader role, and a session that refuses to write.
set role recourse_reader; set jit = off; set default_transaction_read_only = on; set statement_timeout = '60s'
