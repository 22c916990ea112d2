-- The watch on orders that stand at Approved: what was tried and observed, how many stand since when, what was planned,
-- what was told, and what a person ticked off.

set local role recourse_owner;
-- Whatever moves while the sums are made would be counted by nobody.
lock table transition in share row exclusive mode;

-- What somebody tried at the provider, or what the provider said when it was asked. It moves nothing.
create table evidence (
  id bigint generated always as identity primary key,
  order_id text collate "C" not null constraint evidence_is_of_an_order references orders (id),
  kind text not null constraint a_kind_of_evidence_is_known check (kind in ('attempted', 'observed')),
  action text,
  result text,
  status text,
  detail text,
  happened_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  recorder text not null,
  login text not null default session_user,
  constraint an_attempt_says_what_came_of_it check ((kind = 'attempted') = (action is not null and result is not null)),
  constraint an_observation_says_a_status check ((kind = 'observed') = (status is not null)),
  constraint evidence_happens_in_our_time check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z')
);
create index evidence_of_order on evidence (order_id, happened_at, id);
create index evidence_observed on evidence (happened_at desc) where kind = 'observed';

-- How many orders stand at Approved with a deadline in an hour, and how many came, were cleared and were lost in one: as
-- deltas that somebody folds into sums. Amounts are minor units of the currency; an order without a merchant has ''.
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
  constraint a_sum_stands_once primary key (kind, hour, merchant, currency)
);

-- A deadline that is not there, as no order at Approved has, lies beyond all hours.
create function hour_of(at timestamptz) returns timestamptz language sql immutable set search_path = pg_catalog as $$
  select coalesce(date_trunc('hour', at, 'UTC'), 'infinity')
$$;

insert into watch_sum
  select 'stuck', hour_of(due_at), coalesce(merchant, ''), currency, count(*), sum(amount)
  from orders where status = 'approved' group by 1, 2, 3, 4;
insert into watch_sum
  select case when t.to_status = 'approved' then 'arrived' when t.to_status = 'expired' then 'lost' else 'cleared' end,
    hour_of(t.happened_at), coalesce(o.merchant, ''), o.currency, count(*), sum(o.amount)
  from transition t join orders o on o.id = t.order_id
  where (t.from_status = 'approved') <> (t.to_status = 'approved') group by 1, 2, 3, 4;

-- For what came and went lately, to the minute.
create index transition_watched on transition (happened_at) where from_status = 'approved' or to_status = 'approved';

create function watch_fold() returns int language plpgsql security definer set search_path = public, pg_temp as $$
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

-- As before, and counts what comes to Approved and leaves it.
create or replace function transition_project() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare one transition; moved int; expected int; many boolean; coin text; worth bigint; shop text;
begin
  select count(*) > 1 into many from (select from fresh limit 2) several;
  if not many then
    select * into one from fresh;
    if not found then return null; end if;
    update orders o set status = one.to_status, version = one.seq, authorised = one.authorised, canceled = one.canceled,
      captured = one.captured, refunded = one.refunded, attempt = one.attempt, rejection_pending = one.rejection_pending,
      outcome = one.outcome, to_seller = one.to_seller, to_buyer = one.to_buyer, due_at = one.due_at, moved_at = one.happened_at,
      entered_at = case when one.from_status = one.to_status then o.entered_at else one.happened_at end,
      unconfirmed = o.unconfirmed + must_reach_provider(one.seq, one.actor, one.source)::int
    where o.id = one.order_id and o.version < one.seq
    returning o.currency, o.amount, coalesce(o.merchant, '') into coin, worth, shop;
    if not found then
      perform refuse('an_order_stands_where_its_last_transition_left_it', 'the order already stands at or after this version');
    end if;
    if one.from_status <> one.to_status then
      insert into tally values (one.provider, one.to_status, coin, 1, worth);
      if one.seq > 1 then
        insert into tally values (one.provider, one.from_status, coin, -1, -worth);
      end if;
      if one.to_status = 'approved' then
        insert into watch_delta values ('stuck', hour_of(one.due_at), shop, coin, 1, worth),
          ('arrived', hour_of(one.happened_at), shop, coin, 1, worth);
      elsif one.from_status = 'approved' then
        insert into watch_delta
          select 'stuck', hour_of(due_at), shop, coin, -1, -worth from transition where order_id = one.order_id and seq = one.seq - 1
          union all select case when one.to_status = 'expired' then 'lost' else 'cleared' end, hour_of(one.happened_at), shop, coin, 1, worth;
      end if;
    end if;
    return null;
  end if;

  with last as (select distinct on (order_id) * from fresh order by order_id, seq desc),
  ours as (select order_id, count(*) filter (where must_reach_provider(seq, actor, source)) as moves from fresh group by order_id),
  entered as (select distinct on (order_id) order_id, happened_at from fresh where from_status <> to_status order by order_id, seq desc)
  update orders o set status = last.to_status, version = last.seq, authorised = last.authorised, canceled = last.canceled,
    captured = last.captured, refunded = last.refunded, attempt = last.attempt, rejection_pending = last.rejection_pending,
    outcome = last.outcome, to_seller = last.to_seller, to_buyer = last.to_buyer, due_at = last.due_at,
    moved_at = last.happened_at, entered_at = coalesce(entered.happened_at, o.entered_at), unconfirmed = o.unconfirmed + ours.moves
  from last join ours using (order_id) left join entered using (order_id)
  where o.id = last.order_id and o.version < last.seq;
  get diagnostics moved = row_count;
  select count(distinct order_id) into expected from fresh;
  if moved <> expected then
    perform refuse('an_order_stands_where_its_last_transition_left_it', 'the order already stands at or after this version');
  end if;

  insert into tally (provider, status, currency, orders, amount)
  select delta.provider, delta.status, delta.currency, sum(orders), sum(orders * amount) from (
    select f.provider, f.to_status as status, o.currency, 1 as orders, o.amount from fresh f join orders o on o.id = f.order_id
    union all
    select f.provider, f.from_status, o.currency, -1, o.amount from fresh f join orders o on o.id = f.order_id where f.seq > 1
  ) delta group by delta.provider, delta.status, delta.currency having sum(orders) <> 0 or sum(orders * amount) <> 0;

  insert into watch_delta
  select delta.kind, delta.hour, coalesce(o.merchant, ''), o.currency, sum(delta.orders), sum(delta.orders * o.amount) from (
    select 'stuck' as kind, hour_of(due_at) as hour, order_id, 1 as orders from fresh where to_status = 'approved'
    union all
    select 'arrived', hour_of(happened_at), order_id, 1 from fresh where to_status = 'approved'
    union all
    select 'stuck', hour_of(p.due_at), f.order_id, -1 from fresh f
      join transition p on p.order_id = f.order_id and p.seq = f.seq - 1 where f.from_status = 'approved'
    union all
    select case when to_status = 'expired' then 'lost' else 'cleared' end, hour_of(happened_at), order_id, 1
      from fresh where from_status = 'approved'
  ) delta join orders o on o.id = delta.order_id
  group by 1, 2, 3, 4 having sum(delta.orders) <> 0 or sum(delta.orders * o.amount) <> 0;
  return null;
end $$;

-- A plan: what is to be done to many orders, fixed when it was made. Its rows come with it, in one transaction.
create table plan (
  number bigint generated always as identity primary key,
  title text not null constraint a_plan_has_a_title check (btrim(title, E' \t\r\n') <> ''),
  needs_approval boolean not null,
  -- Orders a second; 0 is as fast as it goes.
  rate int not null constraint a_rate_is_a_number_of_orders check (rate between 0 and 10000),
  stop_after int not null constraint a_plan_stops_after_some_failures check (stop_after >= 1),
  -- How many rows it has: they come with it.
  orders int not null constraint a_plan_has_orders check (orders >= 1),
  made_by text not null,
  made_login text not null default session_user,
  made_at timestamptz not null default clock_timestamp(),
  made_xid xid8 not null default pg_current_xact_id()
);
create table plan_row (
  plan bigint not null constraint a_row_is_of_a_plan references plan,
  place int not null,
  order_id text collate "C" not null constraint a_row_is_of_an_order references orders (id),
  version int not null,
  -- What follows the authorisation, and how much of it, in minor units of the order's currency.
  follow text constraint what_follows_is_known check (follow in ('capture', 'cancel')),
  amount bigint constraint a_planned_amount_is_more_than_nothing check (amount > 0),
  constraint a_row_has_its_place primary key (plan, place),
  constraint an_order_is_planned_once unique (plan, order_id),
  constraint a_row_is_one_order unique (plan, place, order_id),
  constraint what_follows_bears_its_amount check ((follow is null) = (amount is null))
);
create index plan_row_of_order on plan_row (order_id);

-- What became of a plan as a whole, in order.
create table plan_event (
  plan bigint not null constraint an_event_is_of_a_plan references plan,
  seq int not null constraint events_count_from_one check (seq >= 1),
  what text not null constraint an_event_is_known check (what in ('approved', 'withdrawn', 'started', 'paused', 'stopped', 'finished')),
  why text,
  -- What had become of its rows by then: nothing becomes of them while it does not run.
  accepted int not null default 0,
  refused int not null default 0,
  changed int not null default 0,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp(),
  constraint a_plan_goes_on_once_per_event primary key (plan, seq)
);

-- What became of each row, once.
create table plan_result (
  plan bigint not null,
  place int not null,
  order_id text collate "C" not null,
  outcome text not null constraint an_outcome_of_a_row_is_known check (outcome in ('accepted', 'refused', 'changed')),
  message text,
  -- The last transition it led to.
  seq int,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp(),
  constraint a_row_of_a_plan_ends_once primary key (plan, place),
  constraint a_result_is_of_its_row foreign key (plan, place, order_id) references plan_row (plan, place, order_id),
  constraint what_was_accepted_was_recorded foreign key (order_id, seq) references transition (order_id, seq),
  constraint only_what_was_accepted_moved check ((outcome = 'accepted') = (seq is not null))
);

create function plan_begin() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.made_by);
  new.made_login := session_user;
  new.made_at := clock_timestamp();
  new.made_xid := pg_current_xact_id();
  return new;
end $$;
create trigger plan_begin before insert on plan for each row execute function plan_begin();

create function plan_row_begin() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if not exists (select from plan where number = new.plan and made_xid = pg_current_xact_id()) then
    perform refuse('a_plan_is_fixed_when_it_is_made', 'a plan has the rows it was made with');
  end if;
  return new;
end $$;
create trigger plan_row_begin before insert on plan_row for each row execute function plan_row_begin();

create function plan_event_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare it plan; last plan_event;
begin
  perform person_speaks(new.recorder);
  new.login := session_user;
  new.at := clock_timestamp();
  select * into it from plan where number = new.plan;
  select * into last from plan_event where plan = new.plan order by seq desc limit 1;
  if new.seq <> coalesce(last.seq, 0) + 1 then
    perform refuse('a_plan_goes_on_once_per_event', 'the plan is at event ' || coalesce(last.seq, 0));
  end if;
  if last.what in ('withdrawn', 'finished') then
    perform refuse('a_plan_that_ended_stays_ended', 'the plan was ' || last.what);
  end if;
  if new.what = 'approved' and new.recorder = it.made_by then
    perform refuse('nobody_approves_their_own_plan', new.recorder || ' made this plan');
  end if;
  if new.what = 'approved' and (not it.needs_approval or last.seq is not null) then
    perform refuse('only_a_waiting_plan_is_approved', 'the plan does not wait for approval');
  end if;
  if new.what = 'started' and it.needs_approval
    and not exists (select from plan_event where plan = new.plan and what = 'approved') then
    perform refuse('a_plan_is_approved_before_it_runs', 'this plan waits for another person');
  end if;
  select count(*) filter (where outcome = 'accepted'), count(*) filter (where outcome = 'refused'),
    count(*) filter (where outcome = 'changed') into new.accepted, new.refused, new.changed
  from plan_result where plan = new.plan;
  if new.what = 'finished' and new.accepted + new.refused + new.changed <> it.orders then
    perform refuse('a_plan_is_finished_when_every_row_is', 'some rows have not had their turn');
  end if;
  return new;
end $$;
create trigger plan_event_seal before insert on plan_event for each row execute function plan_event_seal();

create function plan_result_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.recorder);
  new.login := session_user;
  new.at := clock_timestamp();
  if (select what from plan_event where plan = new.plan order by seq desc limit 1) is distinct from 'started' then
    perform refuse('only_a_running_plan_moves_orders', 'the plan is not running');
  end if;
  if new.outcome = 'accepted' and not exists (
    select from transition t join plan_row r on r.plan = new.plan and r.place = new.place and r.order_id = t.order_id
    where t.order_id = new.order_id and t.seq = new.seq and t.seq > r.version and t.reason = 'plan-' || new.plan) then
    perform refuse('what_was_accepted_was_done_by_the_plan', 'no transition of this plan moved the order');
  end if;
  return new;
end $$;
create trigger plan_result_seal before insert on plan_result for each row execute function plan_result_seal();

-- What was told of an alert, in order: its last row says how it stands.
create table alert_event (
  alert text not null constraint an_alert_has_a_name check (alert <> ''),
  seq int not null,
  what text not null constraint a_word_of_an_alert_is_known check (what in ('fired', 'acknowledged', 'expired', 'cleared')),
  severity text not null constraint a_severity_is_known check (severity in ('warning', 'critical')),
  since timestamptz not null,
  said text not null,
  reason text,
  until timestamptz,
  at timestamptz not null,
  recorder text not null,
  login text not null default session_user,
  recorded_at timestamptz not null default clock_timestamp(),
  constraint an_alert_goes_on_once_per_event primary key (alert, seq),
  constraint an_acknowledgement_has_a_reason_and_an_end check ((what = 'acknowledged') =
    (coalesce(btrim(reason, E' \t\r\n'), '') <> '' and until is not null)),
  constraint an_acknowledgement_ends_later check (until > at)
);

-- When a process that works by itself last did, and how often it means to, in seconds.
create table heartbeat (
  worker text constraint a_worker_beats_once primary key,
  beat_at timestamptz not null,
  every int not null,
  recorder text not null,
  login text not null default session_user
);

-- What a person ticked off in a runbook; the newest of a step counts.
create table runbook_tick (
  id bigint generated always as identity primary key,
  order_id text collate "C" not null constraint a_tick_is_of_an_order references orders (id),
  step text not null constraint a_tick_is_of_a_step check (step <> ''),
  done boolean not null,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp()
);
create index runbook_tick_of_order on runbook_tick (order_id, id);

create function recorder_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.recorder);
  new.login := session_user;
  return new;
end $$;
-- What happens to an alert follows on what happened before.
create function alert_event_begin() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.seq <> coalesce((select max(seq) from alert_event where alert = new.alert), 0) + 1 then
    perform refuse('an_alert_goes_on_once_per_event', 'something else happened to it first');
  end if;
  return new;
end $$;
create trigger alert_event_begin before insert on alert_event for each row execute function alert_event_begin();
create trigger evidence_seal before insert on evidence for each row execute function recorder_seal();
create trigger alert_event_seal before insert on alert_event for each row execute function recorder_seal();
create trigger heartbeat_seal before insert or update on heartbeat for each row execute function recorder_seal();
create trigger runbook_tick_seal before insert on runbook_tick for each row execute function recorder_seal();

create trigger evidence_stays before update or delete on evidence for each row execute function never();
create trigger plans_stay before update or delete on plan for each row execute function never();
create trigger plan_rows_stay before update or delete on plan_row for each row execute function never();
create trigger plan_events_stay before update or delete on plan_event for each row execute function never();
create trigger plan_results_stay before update or delete on plan_result for each row execute function never();
create trigger alert_events_stay before update or delete on alert_event for each row execute function never();
create trigger runbook_ticks_stay before update or delete on runbook_tick for each row execute function never();
create trigger evidence_is_never_emptied before truncate on evidence for each statement execute function never();
create trigger plans_are_never_emptied before truncate on plan for each statement execute function never();
create trigger plan_rows_are_never_emptied before truncate on plan_row for each statement execute function never();
create trigger plan_events_are_never_emptied before truncate on plan_event for each statement execute function never();
create trigger plan_results_are_never_emptied before truncate on plan_result for each statement execute function never();
create trigger alert_events_are_never_emptied before truncate on alert_event for each statement execute function never();
create trigger runbook_ticks_are_never_emptied before truncate on runbook_tick for each statement execute function never();

revoke execute on function watch_fold() from public;
grant execute on function watch_fold() to recourse_writer;
grant select on evidence, watch_delta, watch_sum, plan, plan_row, plan_event, plan_result, alert_event, heartbeat, runbook_tick
  to recourse_writer, recourse_reader;
grant insert (order_id, kind, action, result, status, detail, happened_at, recorder) on evidence to recourse_writer;
grant insert (title, needs_approval, rate, stop_after, orders, made_by) on plan to recourse_writer;
grant insert (plan, place, order_id, version, follow, amount) on plan_row to recourse_writer;
grant insert (plan, seq, what, why, recorder) on plan_event to recourse_writer;
grant insert (plan, place, order_id, outcome, message, seq, recorder) on plan_result to recourse_writer;
grant insert (alert, seq, what, severity, since, said, reason, until, at, recorder) on alert_event to recourse_writer;
grant insert (worker, beat_at, every, recorder) on heartbeat to recourse_writer;
grant update (beat_at, every, recorder) on heartbeat to recourse_writer;
grant insert (order_id, step, done, recorder) on runbook_tick to recourse_writer;
grant select on sequence plan_number_seq to recourse_writer, recourse_reader;
reset role;
