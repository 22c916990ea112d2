-- Ticks or unticks a step of an order's runbook.
insert into runbook_tick (order_id, step, done, recorder) values ($1, $2, $3, $4)
