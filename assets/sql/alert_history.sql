-- The events of one alert or of all, the latest first, each with what was sent of it.
select e.alert, e.seq, e.what, e.severity, e.since, e.said, e.reason, e.until, e.at, e.recorder, e.rule, e.query, e.figure,
  coalesce((select jsonb_agg(jsonb_build_object('sink', d.sink, 'nr', d.nr, 'tries', d.tries, 'fault', d.fault, 'sent_at', d.sent_at) order by d.id)
    from alert_delivery d where d.alert = e.alert and d.seq = e.seq), '[]')::text as deliveries
from alert_event e where $1::text is null or e.alert = $1 order by e.recorded_at desc, e.seq desc limit $2
