-- The open cases that a person has, the most urgent first.
select c.* from case_seen c where c.order_id in (select order_id from dispute_case where open and owner = $1) and c.owner = $1 and c.stage <> 'closed'
order by c.rank, - c.amount, c.order_id, c.number limit $2
