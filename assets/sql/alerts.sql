-- The last event of every alert, found name by name.
with recursive names as (
  (select alert from alert_event order by alert limit 1)
  union all
  select (select alert from alert_event where alert > names.alert order by alert limit 1) from names where names.alert is not null)
select last.alert, last.seq, last.what, last.severity, last.since, last.said, last.reason, last.until, last.at, last.recorder, last.rule, last.query, last.figure
from names cross join lateral (select * from alert_event e where e.alert = names.alert order by seq desc limit 1) last
