-- Of these orders, those for which something waits that may be applied when its time comes.
select distinct order_id from quarantine where order_id = any($1) and state = 'waiting' and early
