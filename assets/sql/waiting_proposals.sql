-- The proposals of these orders that wait for approval and are not out of date: for which version of the order, who gets what, and since when.
-- Not where a report that needs a lead came before: the proposal could have been made to fit it.
select c.order_id, p.order_version, p.to_seller, p.to_buyer, e.at from dispute_case c
cross join lateral (select * from case_proposal where order_id = c.order_id and number = c.number order by seq desc limit 1) p
join case_event e on e.order_id = p.order_id and e.number = p.number and e.seq = p.seq
where c.order_id = any($1) and c.open and c.stage = 'proposed' and p.material_event = c.material_event
  and not exists (select from quarantine q where q.order_id = c.order_id and q.why = 'limit')
