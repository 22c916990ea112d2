-- No server carries messages any more: what is written from now on is only recorded.
delete from messenger
