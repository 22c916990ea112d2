-- Whether it is this server's turn to look for orders of an account to be read: one does, for so many seconds.
update account set swept_until = clock_timestamp() + make_interval(secs => $2)
where name = $1 and swept_until <= clock_timestamp() and health <> 'stopped' returning true
