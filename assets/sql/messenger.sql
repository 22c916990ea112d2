-- How messages to parties are carried, if a server does.
select kind from messenger where seen_at > clock_timestamp() - interval '2 minutes'
