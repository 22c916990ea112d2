-- How we learnt that these orders were approved.
select order_id, source, inferred from transition where order_id = any($1) and action = 'approve'
