-- How many cases are in each queue, counted up to a limit.
select 'mine' as name, (select count(*) from (select from dispute_case where open and owner = $1 and queue <> 'snoozed' limit $3) q) as cases
union all select 'unclaimed', (select count(*) from (select from dispute_case where queue = 'working' and owner is null limit $3) q)
union all select 'working', (select count(*) from (select from dispute_case where queue = 'working' and owner is not null limit $3) q)
union all select 'waiting_buyer', (select count(*) from (select from dispute_case where queue = 'waiting_buyer' limit $3) q)
union all select 'waiting_seller', (select count(*) from (select from dispute_case where queue = 'waiting_seller' limit $3) q)
union all select 'proposed', (select count(*) from (select from dispute_case where queue = 'proposed' limit $3) q)
union all select 'unpaid', (select count(*) from (select from dispute_case where queue = 'unpaid' limit $3) q)
union all select 'failed', (select count(*) from (select from dispute_case where queue = 'failed' limit $3) q)
union all select 'returned', (select count(*) from (select from dispute_case where queue = 'returned' limit $3) q)
union all select 'snoozed', (select count(*) from (select from dispute_case where queue = 'snoozed' limit $3) q)
union all select 'overdue', (select count(*) from (select from dispute_case where open and rank < micros($2) limit $3) q)
union all select 'open', (select count(*) from (select from dispute_case where open limit $3) q)
