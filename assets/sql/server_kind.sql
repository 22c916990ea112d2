-- Whether the server is a copy of another, and whether a session of this login refuses writes.
select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::bool as refuses
