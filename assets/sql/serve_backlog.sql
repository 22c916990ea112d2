-- How much waits: requests by state, notifications to be judged, orders to be read.
select (select count(*) from request where state = 'to_approve') as to_approve, (select count(*) from request where state = 'queued') as queued,
  (select count(*) from request where state = 'sending') as sending, (select count(*) from request where state = 'unknown') as unknown,
  (select count(*) from (select from received limit 100000) r) as received, (select count(*) from (select from reading limit 100000) r) as readings
