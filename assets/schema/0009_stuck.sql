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
create function hour_of(at timestamptz) returns timestamptz language sql immutable as $$
  select coalesce(date_trunc('hour', at, 'UTC'), 'infinity')
$$;

create function watch_fold() returns int language plpgsql security definer as $$
declare folded int;
begin
  if not pg_try_advisory_xact_lock(hashtext('recourse watch')) then return 0; end if;
  with taken as (delete from watch_delta returning *),
  sums as (select kind, hour, merchant, currency, sum(orders) as orders, sum(amount) as amount from taken group by 1, 2, 3, 4),
  put as (insert into watch_sum select * from sums on conflict (kind, hour, merchant, currency)
    do update set orders = watch_sum.orders + excluded.orders, amount = watch_sum.amount + excluded.amount)
  select count(*) into folded from taken;
  delete from watch_sum where kind = 'stuck' and orders = 0 and amount = 0;
  return folded;
end $$;

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
  recorded_at timestamptz not null default clock_timestamp(),
  constraint alert_event_unique primary key (alert, seq),
  constraint alert_event_acknowledged_with_reason check ((what = 'acknowledged') =
    (coalesce(btrim(reason, E' \t\r\n'), '') <> '' and until is not null)),
  constraint alert_event_ends_later check (until > at)
);

-- When a background process last ran, and how often it should, in seconds.
create table heartbeat (
  worker text constraint heartbeat_worker_unique primary key,
  beat_at timestamptz not null,
  every int not null,
  recorder text not null,
  login text not null default session_user
);

-- Steps of a runbook that a person ticked. The newest row of a step counts.
create table runbook_tick (
  id bigint generated always as identity primary key,
  order_id text collate "C" not null constraint runbook_tick_order_exists references orders (id),
  step text not null constraint runbook_tick_has_step check (step <> ''),
  done boolean not null,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp()
);
create index runbook_tick_of_order on runbook_tick (order_id, id);

create function heartbeat_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  new.login := session_user;
  return new;
end $$;
create trigger heartbeat_seal before insert or update on heartbeat for each row execute function heartbeat_seal();

create function runbook_tick_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  new.login := session_user;
  new.at := clock_timestamp();
  return new;
end $$;
create trigger runbook_tick_seal before insert on runbook_tick for each row execute function runbook_tick_seal();

create function alert_event_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  if new.seq <> coalesce((select max(seq) from alert_event where alert = new.alert), 0) + 1 then
    perform refuse('alert_event_unique', 'someone else changed the alert first');
  end if;
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  return new;
end $$;
create trigger alert_event_seal before insert on alert_event for each row execute function alert_event_seal();

-- For the flow of the last hours, to the minute.
create index transition_watched on transition (happened_at)
  where provider = 'tamara' and (from_status = 'approved' or to_status = 'approved');

reset role;
