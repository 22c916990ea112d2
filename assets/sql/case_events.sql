-- The events of all cases of an order, but no file's content.
select e.number, row_to_json(e)::text from case_event_seen e where e.order_id = $1 order by e.number, e.seq
