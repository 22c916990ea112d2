-- Steps of runbooks that were ticked after a time and still are, the latest first.
select order_id, step, recorder, at from (
  select distinct on (order_id, step) order_id, step, recorder, at, done from runbook_tick where at > $1 order by order_id, step, id desc) newest
where done order by at desc limit $2
