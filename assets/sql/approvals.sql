-- How the approvals of these orders were learnt.
select order_id, source, inferred from transition where order_id = any($1) and action = 'approve'
