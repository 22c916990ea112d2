-- Queues the messages that alerts need.
-- Each change once to each first sink; a repetition where no one acknowledged it; and to the
-- second sinks what stayed unacknowledged for too long, with the changes that follow it.
with recursive names as (
  (select alert from alert_event order by alert limit 1)
  union all
  select (select alert from alert_event where alert > names.alert order by alert limit 1) from names where names.alert is not null),
last as (
  select last.*, last.what <> 'cleared' and not (last.what = 'acknowledged' and last.until > $3) as loud
  from names cross join lateral (select * from alert_event e where e.alert = names.alert order by seq desc limit 1) last),
place as (
  select last.*, sink, second, before.*
  from (select unnest($1::text[]) as sink, false as second union all select unnest($2::text[]), true) sinks cross join last
  cross join lateral (
    select max(d.seq) as told, max(d.made_at) as told_at, count(*) filter (where d.sent_at is null) as waiting,
      max(d.nr) filter (where d.seq = last.seq) as nr, max(d.made_at) >= last.since as in_this
    from alert_delivery d where d.alert = last.alert and d.sink = sinks.sink) before),
due as (
  select e.alert, e.seq, p.sink, 0 as nr from place p
  cross join lateral (select * from alert_event e where e.alert = p.alert
    and e.seq > coalesce(p.told, p.seq - (p.what <> 'cleared')::int)) e
  where e.what in ('fired', 'expired', 'cleared') and (not p.second or p.in_this)
  union all
  select p.alert, p.seq, p.sink, coalesce(p.nr, 0) + 1 from place p
  where p.loud and p.waiting = 0 and p.in_this and p.told_at <= clock_timestamp() - make_interval(secs => $4)
  union all
  select p.alert, p.seq, p.sink, 0 from place p
  where p.second and p.loud and not coalesce(p.in_this, false) and p.since <= $3 - make_interval(secs => $5))
insert into alert_delivery (alert, seq, sink, nr, said)
select alert, seq, sink, nr, now.said from due left join unnest($6::text[], $7::text[]) now (alert, said) using (alert) order by alert, sink, seq, nr
on conflict do nothing
