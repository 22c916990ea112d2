-- How many cases are in each queue, as far as one cares to count; mine, unclaimed, overdue and open first.
select queue as name, count(*) from dispute_case where open and (queue <> 'working' or owner is not null) group by queue
union all select 'mine', count(*) from dispute_case where open and owner = $1
union all select 'unclaimed', count(*) from dispute_case where queue = 'working' and owner is null
union all select 'overdue', count(*) from dispute_case where open and rank < micros($2)
union all select 'open', count(*) from dispute_case where open
