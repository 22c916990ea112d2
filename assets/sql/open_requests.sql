-- How many requests of each account have not ended.
select account, count(*) from request where state in ('to_approve', 'queued', 'sending', 'unknown') group by account
