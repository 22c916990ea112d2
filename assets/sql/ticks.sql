-- Which steps of an order's runbook are ticked off, by whom and when.
select step, recorder, at from (
  select distinct on (step) * from runbook_tick where order_id = $1 order by step, id desc) newest
where done order by at
