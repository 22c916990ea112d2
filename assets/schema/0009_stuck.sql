-- Orders stuck at Approved: sums by hour, alerts, heartbeats of background processes, and runbooks.

set local role recourse_owner;

-- For each hour: how many orders at Approved have their deadline in it ('stuck'), and how many arrived, were cleared and were
-- lost in it. Deltas are folded into sums. Amounts are minor units; an order without a merchant has ''.
create table watch_delta (
  kind text not null,
  hour timestamptz not null,
  merchant text not null,
  currency text not null,
  orders bigint not null,
  amount numeric not null
);
create table watch_sum (
  kind text not null,
  hour timestamptz not null,
  merchant text not null,
  currency text not null,
  orders bigint not null,
  amount numeric not null,
  constraint watch_sum_unique primary key (kind, hour, merchant, currency)
);

-- Without a deadline, which no order at Approved is, the hour is infinity.
create function hour_of(at timestamptz) returns timestamptz language sql immutable
  return coalesce(date_trunc('hour', at, 'UTC'), 'infinity');

create function watch_fold() returns int language plpgsql security definer as $$
declare folded int;
begin
  if not works() or not take_turn('watch', false) then return 0; end if;
  with taken as (delete from watch_delta returning *),
  sums as (select kind, hour, merchant, currency, sum(orders) as orders, sum(amount) as amount from taken group by 1, 2, 3, 4),
  put as (insert into watch_sum select * from sums on conflict (kind, hour, merchant, currency)
    do update set orders = watch_sum.orders + excluded.orders, amount = watch_sum.amount + excluded.amount)
  select count(*) into folded from taken;
  delete from watch_sum where kind = 'stuck' and orders = 0 and amount = 0;
  return folded;
end $$;

-- The last reading of each order at its provider: what the provider did with it, and which ways the law has from here to there.
create table seen (
  order_id text collate "C" constraint seen_order_once primary key constraint seen_order_exists references orders (id),
  account text not null,
  read_at moment not null,
  -- The provider's own word for its status; empty if it has no such order.
  word text not null,
  -- What this word means here; null if it is not known, or there is no such order.
  status text,
  -- The moves that lead from here to there, each way a list. With one way that the provider lists whole they are recorded at once.
  ways jsonb not null default '[]' constraint seen_ways_listed check (jsonb_typeof(ways) = 'array'),
  -- Why no lawful way leads there.
  unlawful text,
  -- Whether its lists have all that was captured and refunded.
  listed boolean not null default false,
  -- The order's deadline, if it had passed when it was read and the provider still showed the same status.
  outlived moment,
  constraint seen_outlived_before_reading check (outlived <= read_at)
);
create index seen_oldest on seen (account, read_at);
create index seen_outlived on seen (order_id) where outlived is not null;

-- Orders that differ from what the provider last answered: in their status, as drift_rule says, or in what was moved.
create table drift (
  order_id text collate "C" constraint drift_unique primary key constraint drift_order_exists references orders (id),
  merchant text not null,
  kind text not null,
  class text not null constraint drift_class_known check (class in ('ahead', 'behind', 'conflict', 'absent')),
  -- The provider's status; null if it has no such order.
  theirs text,
  said_at moment not null,
  since moment not null
);
create index drift_by_kind on drift (kind, merchant);
create index drift_by_class on drift (class, since, order_id);

-- When the provider's word last moved an order: a fact from it, or a move of ours that it confirmed.
create function told_at(of text) returns timestamptz language sql stable
  return (select coalesce(max(t.happened_at), '-infinity') from transition t where t.order_id = of and t.from_status <> t.to_status
    and (t.source not in ('console', 'clock') or exists (select from confirmation c where c.order_id = of and c.seq = t.seq)));

-- How an order differs from the provider's last answer; no row if they agree, or if the answer proves nothing. An answer from before the
-- order entered its status says nothing about it, but for one that contradicts our own move, until the provider's word is newer. Sums
-- are compared with an answer that is newer than all moves: more there is ahead, less is behind, and both at once can be neither. What a
-- reading shows that leads nowhere by the law is a conflict, too.
create function drift_now(which text) returns table (order_id text, merchant text, kind text, class text, theirs text, said_at timestamptz)
language sql stable
begin atomic
  select f.id, f.merchant, f.kind, case when f.kind in ('webhook_missing', 'provider_ahead', 'provider_ended') then 'ahead'
      when f.kind = 'provider_behind' then 'behind' when f.kind = 'absent' then 'absent' else 'conflict' end, f.theirs, f.said_at
  from (
    select o.id, coalesce(o.merchant, '') as merchant, case when not x.unknown then e.status end as theirs,
      case when x.unknown then s.read_at else e.happened_at end as said_at, case
        when x.unknown then 'sums_differ'
        when e.kind = 'absent' then 'absent'
        when d.more and (d.less or r.kind in ('provider_behind', 'ended_here')) then 'sums_differ'
        when d.less and r.kind in ('webhook_missing', 'provider_ahead') then 'sums_differ'
        when d.coin then 'sums_differ'
        when u.unlawful and r.kind is distinct from 'ended_here' then 'sums_differ'
        when r.kind is not null then r.kind
        when d.more then 'provider_ahead'
        when d.less then case when p.unproven then 'provider_behind' else 'sums_differ' end
      end as kind
    from orders o left join seen s on s.order_id = o.id left join lateral (select * from evidence where evidence.order_id = o.id and (status is not null or evidence.kind = 'absent')
      order by happened_at desc, evidence.id desc limit 1) e on true
    -- A word that is not known here was answered since.
    cross join lateral (select coalesce(s.word <> '' and s.status is null and s.read_at > coalesce(e.happened_at, '-infinity'), false) as unknown) x
    cross join lateral (select s.unlawful is not null and s.read_at >= o.moved_at and s.read_at >= coalesce(e.happened_at, '-infinity') as unlawful) u
    cross join lateral (select told_at(o.id) as told) t
    cross join lateral (select o.unconfirmed > 0 or e.happened_at > t.told as unproven) p
    left join drift_rule r on r.provider = o.provider and r.ours = o.status and r.theirs = e.status and r.unproven = p.unproven
      and (e.happened_at >= o.entered_at or (r.kind <> 'provider_behind' and e.happened_at >= t.told))
    cross join lateral (select e.happened_at >= o.moved_at as fresh) n
    cross join lateral (select n.fresh and e.currency <> o.currency is true as coin,
      n.fresh and (coalesce(e.captured > o.captured, false) or coalesce(e.canceled > o.canceled, false) or coalesce(e.refunded > o.refunded, false)) as more,
      n.fresh and (coalesce(e.captured < o.captured, false) or coalesce(e.canceled < o.canceled, false) or coalesce(e.refunded < o.refunded, false)) as less) d
    where o.id = which) f
  where f.kind is not null;
end;

-- Compares these orders with the provider's last answers, if there are any. The orders are locked, so that an answer and a move that are
-- written at once see each other.
create function drift_judge(ids text[]) returns void language plpgsql security definer as $$
declare asked text[] := array(select i from unnest(ids) i
  where exists (select from evidence e where e.order_id = i and (e.status is not null or e.kind = 'absent')) or exists (select from seen s where s.order_id = i) order by i);
begin
  if asked = '{}' then
    return;
  end if;
  perform from orders where id = any(asked) order by id for no key update;
  with now as (select n.* from unnest(asked) i cross join lateral drift_now(i) n),
  gone as (delete from drift d where d.order_id = any(asked) and not exists (select from now where now.order_id = d.order_id))
  insert into drift as d select order_id, merchant, kind, class, theirs, said_at, clock_timestamp() from now
  on conflict (order_id) do update set kind = excluded.kind, class = excluded.class, theirs = excluded.theirs, said_at = excluded.said_at,
    since = case when d.class = excluded.class then d.since else excluded.since end;
end $$;

create function seen_judge() returns trigger language plpgsql security definer as $$
begin
  perform drift_judge(array(select order_id from told));
  return null;
end $$;
create trigger seen_judge_added after insert on seen referencing new table as told for each statement execute function seen_judge();
create trigger seen_judge_changed after update on seen referencing new table as told for each statement execute function seen_judge();

-- What the last call for each merchant showed of its API token: it was refused (401, 403), or it was accepted.
create table merchant_token (
  merchant text constraint merchant_token_unique primary key,
  order_id text collate "C" not null constraint merchant_token_order_exists references orders (id),
  result text not null,
  at moment not null,
  works boolean not null
);

-- When the provider last authorised an order of this merchant, at or after a moment. The sums say which hours have to be looked at.
create function authorised_since(shop text, since timestamptz) returns timestamptz language sql stable
  return (select t.happened_at from (
      select hour from watch_sum where kind = 'cleared' and hour >= hour_of(since) and merchant = shop
      union select hour from watch_delta where kind = 'cleared' and hour >= hour_of(since) and merchant = shop) h
    cross join lateral (select t.happened_at from transition t join orders o on o.id = t.order_id
      where t.provider = 'tamara' and t.from_status = 'approved' and t.to_status = 'authorised' and t.source in ('notification', 'answer', 'reading')
        and t.happened_at >= greatest(h.hour, since) and t.happened_at < h.hour + interval '1 hour' and o.merchant = shop order by t.happened_at desc limit 1) t
    order by t.happened_at desc limit 1);

-- 2xx, 400, 404, 409 and 422 are given only to a caller whose token was accepted; other answers show nothing. The latest call counts,
-- in whatever order calls are imported.
create function evidence_judge() returns trigger language plpgsql security definer as $$
begin
  with calls as (
    select distinct on (o.merchant) o.merchant, t.order_id, t.result, t.happened_at as at, t.result !~ '^40[13]' as works
    from told t join orders o on o.id = t.order_id
    where t.kind = 'attempted' and o.merchant is not null and t.result ~ '^(2[0-9][0-9]|40[01349]|422)\M'
    order by o.merchant, t.happened_at desc, t.id desc)
  insert into merchant_token as m (merchant, order_id, result, at, works)
  select c.merchant, c.order_id, c.result, coalesce(later, at), works or later is not null
  from calls c cross join lateral (select case when not works then authorised_since(merchant, at) end as later) s order by c.merchant
  on conflict (merchant) do update set order_id = excluded.order_id, result = excluded.result, at = excluded.at, works = excluded.works
    where m.at <= excluded.at;
  perform drift_judge(array(select distinct order_id from told where status is not null or kind = 'absent'));
  return null;
end $$;
create trigger evidence_judge after insert on evidence referencing new table as told
  for each statement execute function evidence_judge();

-- The history of each alert. Its last row is its current state.
create table alert_event (
  alert text not null constraint alert_event_has_name check (alert <> ''),
  seq int not null,
  what text not null constraint alert_event_known check (what in ('fired', 'acknowledged', 'expired', 'cleared')),
  severity text not null constraint alert_event_severity_known check (severity in ('warning', 'critical')),
  since timestamptz not null,
  said text not null,
  reason text,
  until timestamptz,
  at timestamptz not null,
  recorder text not null,
  login text not null default session_user,
  recorded_at moment not null default clock_timestamp(),
  -- The rule that found it, as it was written then, and the query that lists its orders, if it is about orders.
  rule text not null default '',
  query text,
  -- What the rule counted, where more is worse.
  figure bigint,
  constraint alert_event_unique primary key (alert, seq),
  constraint alert_event_times_plausible check (since >= '1970-01-01Z' and since < '9990-01-01Z' and at >= '1970-01-01Z' and at < '9990-01-01Z'
    and until < '9990-01-01Z'),
  constraint alert_event_acknowledged_with_reason check ((what = 'acknowledged') =
    (coalesce(says(reason), false) and until is not null)),
  constraint alert_event_texts_short check (octet_length(alert) <= 2000 and octet_length(concat(said, rule, query, reason)) <= 100000),
  constraint alert_event_ends_later check (until > at)
);

create index alert_event_recorded on alert_event (recorded_at, seq);

-- What is sent of an alert, and to where. It waits here until it arrives; what was sent stays as the history.
create table alert_delivery (
  id bigint primary key,
  alert text not null,
  seq int not null,
  -- The name of a sink; each watcher knows the addresses of its own.
  sink text not null constraint alert_delivery_sink_known check (sink in ('webhook', 'command', 'second_webhook', 'second_command')),
  -- 0 tells what changed; from 1 on it is repeated, because no one acknowledged it.
  nr int not null constraint alert_delivery_counts_from_zero check (nr >= 0),
  -- What the rule found when this was queued, if it still finds something: a repetition has the figure of its own time.
  said text,
  made_at moment not null default clock_timestamp(),
  due_at moment not null default clock_timestamp(),
  tries int not null default 0,
  fault text,
  sent_at moment,
  constraint alert_delivery_texts_short check (octet_length(concat(said, fault)) <= 100000),
  constraint alert_delivery_once unique (alert, seq, sink, nr),
  constraint alert_delivery_event_exists foreign key (alert, seq) references alert_event
);
create index alert_delivery_waiting on alert_delivery (alert, sink, id) where sent_at is null;
create index alert_delivery_last on alert_delivery (alert, sink, made_at);

-- When a background process last ran, and how often it should, in seconds. Several may do the same work, each with a row.
create table heartbeat (
  worker text not null constraint heartbeat_worker_short check (octet_length(worker) <= 200 and octet_length(instance) <= 200),
  instance text not null default '',
  beat_at moment not null,
  every int not null constraint heartbeat_every_day check (every between 0 and 86400),
  recorder text not null,
  login text not null default session_user,
  constraint heartbeat_worker_unique primary key (worker, instance)
);

-- Steps of a runbook that a person ticked. The newest row of a step counts.
create table runbook_tick (
  id bigint primary key,
  order_id text collate "C" not null constraint runbook_tick_order_exists references orders (id),
  step text not null constraint runbook_tick_names_step check (step ~ '^[a-z][a-z0-9_-]{0,39}$'),
  done boolean not null,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp()
);
create index runbook_tick_of_order on runbook_tick (order_id, id);
create index runbook_tick_recent on runbook_tick (at);

create function heartbeat_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  if not is_intake() and not roles_of(new.recorder) && '{agent,lead,ops,admin}' then
    perform refuse('role_permits', new.recorder || ' runs nothing in the background');
  end if;
  new.login := session_user;
  -- A report from the future would hide that nothing runs.
  new.beat_at := least(greatest(new.beat_at, '1970-01-01Z'), clock_timestamp());
  return new;
end $$;
create trigger heartbeat_seal before insert or update on heartbeat for each row execute function heartbeat_seal();

-- Records that an automatic worker runs, and the seconds until it says so again; 0 if it ended. A person says it every five minutes.
create function heart_beats(of text, now timestamptz, seconds int, by text, which text default '') returns void language plpgsql security definer as $$
begin
  perform working();
  -- What another login runs in the background is said by that login, as long as it says so.
  if not is_intake() and exists (select from heartbeat where worker = of and login <> session_user and every > 0
      and beat_at > clock_timestamp() - make_interval(secs => every * 3)) then
    return;
  end if;
  -- It does the work of those that ended or fell silent.
  -- One that someone holds is left for the next time: nobody's work waits for it.
  delete from heartbeat where (worker, instance) in (select worker, instance from heartbeat where worker = of and instance <> which
    and (every = 0 or beat_at < clock_timestamp() - make_interval(secs => every * 3)) for update skip locked);
  insert into heartbeat (worker, instance, beat_at, every, recorder) values (of, which, now, case when is_intake() then seconds else least(seconds, 300) end, by)
    on conflict (worker, instance) do update set beat_at = excluded.beat_at, every = excluded.every, recorder = excluded.recorder;
end $$;

-- Records that an automatic worker ended normally, if it ever ran.
create function heart_rests(of text, by text, which text default '') returns void language plpgsql security definer as $$
begin
  perform working();
  update heartbeat set every = 0, recorder = by where worker = of and instance = which and (login = session_user or is_intake());
end $$;

create function runbook_tick_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  perform permitted(new.recorder, 'runbook', 'tick');
  new.login := session_user;
  new.at := clock_timestamp();
  return new;
end $$;
create trigger runbook_tick_seal before insert on runbook_tick for each row execute function runbook_tick_seal();

create function alert_event_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  -- What the rules find is recorded by a watcher, or by those who work on it.
  if new.what = 'acknowledged' or not is_intake() then
    perform permitted(new.recorder, 'alert', 'acknowledge');
  end if;
  if new.seq <> coalesce((select max(seq) from alert_event where alert = new.alert), 0) + 1 then
    perform refuse('alert_event_unique', 'someone else changed the alert first');
  end if;
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  -- Nothing is found in the future, and no acknowledgement lasts longer than a month.
  if greatest(new.since, new.at) > new.recorded_at + interval '10 minutes' or new.until > new.recorded_at + interval '31 days'
    or (not is_intake() and new.at < new.recorded_at - interval '10 minutes') then
    perform refuse('alert_event_times_plausible', 'the times of the alert are ahead of the database''s clock');
  end if;
  return new;
end $$;
create trigger alert_event_seal before insert on alert_event for each row execute function alert_event_seal();

-- Watchers send alerts: logins of importers, or of those who may acknowledge them.
create function alert_delivery_seal() returns trigger language plpgsql as $$
begin
  if not is_intake() and not may(session_user, 'alert', 'acknowledge') then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  return null;
end $$;
create trigger alert_delivery_seal before insert or update on alert_delivery for each statement execute function alert_delivery_seal();

-- Takes deliveries that are due for these sinks, the oldest of each alert first, and lends them for a while. If the process dies, another
-- one takes them when that time has passed.
create function deliveries_taken(sinks text[]) returns setof alert_delivery language plpgsql security definer as $$
begin
  perform working();
  return query update alert_delivery d set tries = d.tries + 1, due_at = clock_timestamp() + interval '60 seconds'
    where d.id = any(array(select w.id from alert_delivery w
      where w.sent_at is null and w.due_at <= clock_timestamp() and w.sink = any(sinks) and not exists (
        select from alert_delivery b where b.alert = w.alert and b.sink = w.sink and b.sent_at is null and b.id < w.id)
      order by w.id limit 50 for update skip locked)) returning d.*;
end $$;

-- Writes what became of a delivery: it arrived, or it is tried again after so many seconds.
create function delivery_ended(which bigint, failed text, seconds float8) returns void language plpgsql security definer as $$
begin
  perform working();
  update alert_delivery set fault = failed, sent_at = case when failed is null then clock_timestamp() end,
    due_at = clock_timestamp() + make_interval(secs => seconds) where id = which and sent_at is null;
end $$;

-- For the report on a period.
create index transition_money on transition (happened_at) where provider = 'tamara' and action in ('capture', 'refund');

-- For the flow of the last hours, to the minute.
create index transition_watched on transition (happened_at)
  where provider = 'tamara' and (from_status = 'approved' or to_status = 'approved');

reset role;
