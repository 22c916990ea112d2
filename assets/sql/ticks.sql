-- The ticked steps of an order's runbook, with who ticked them and when.
select step, recorder, at from (
  select distinct on (step) * from runbook_tick where order_id = $1 order by step, id desc) newest
where done order by at
