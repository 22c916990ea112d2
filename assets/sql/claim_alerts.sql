-- Takes deliveries that are due for these sinks.
select d.id, d.sink, d.nr, d.tries, e.alert, e.seq, e.what, e.severity, e.since, coalesce(d.said, e.said) as said, e.reason, e.until, e.at, e.recorder, e.rule, e.query, e.figure
from deliveries_taken($1) d join alert_event e on e.alert = d.alert and e.seq = d.seq
