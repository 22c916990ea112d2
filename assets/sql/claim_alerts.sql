-- Takes deliveries that are due for these sinks, the oldest of each alert first, and lends them for a while.
-- If this process dies, another one takes them when that time has passed.
with due as (
  select d.id from alert_delivery d
  where d.sent_at is null and d.due_at <= clock_timestamp() and d.sink = any($1) and not exists (
    select from alert_delivery b where b.alert = d.alert and b.sink = d.sink and b.sent_at is null and b.id < d.id)
  order by d.id limit 50 for update skip locked)
update alert_delivery d set tries = d.tries + 1, due_at = clock_timestamp() + interval '60 seconds'
from due join alert_delivery w using (id) join alert_event e on e.alert = w.alert and e.seq = w.seq
where d.id = due.id
returning d.id, d.sink, d.nr, d.tries, e.alert, e.seq, e.what, e.severity, e.since, coalesce(w.said, e.said) as said, e.reason, e.until, e.at, e.recorder, e.rule, e.query, e.figure
