-- The proposals of these orders that wait for approval and are not out of date: for which version of the order, and who gets what.
select c.order_id, p.order_version, p.to_seller, p.to_buyer from dispute_case c
cross join lateral (select * from case_proposal where order_id = c.order_id and number = c.number order by seq desc limit 1) p
where c.order_id = any($1) and c.open and c.stage = 'proposed' and p.material_event = c.material_event
