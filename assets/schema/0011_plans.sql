-- Plans: one action for many orders, fixed when the plan is made. Its rows are written in the same transaction.

set local role recourse_owner;

create table plan (
  number bigint primary key,
  title text not null constraint plan_has_title check (says(title)) constraint plan_title_short check (octet_length(title) <= 2000),
  needs_approval boolean not null,
  -- Orders a second; 0 is without a limit.
  rate int not null constraint plan_rate_in_range check (rate between 0 and 10000),
  stop_after int not null constraint plan_stops_after_failures check (stop_after >= 1),
  -- How many rows it has.
  orders int not null constraint plan_has_orders check (orders >= 1),
  -- A request that is sent twice makes one plan.
  request_id uuid constraint plan_request_unique unique,
  request_digest bytea,
  constraint plan_request_has_digest check ((request_id is null) = (request_digest is null) and coalesce(octet_length(request_digest), 0) <= 32),
  made_by text not null,
  made_login text not null default session_user,
  made_at moment not null default clock_timestamp(),
  made_xid xid8 not null default pg_current_xact_id()
);
create table plan_row (
  plan bigint not null constraint plan_row_plan_exists references plan,
  place int not null,
  order_id text collate "C" not null constraint plan_row_order_exists references orders (id),
  version int not null,
  -- What follows the authorisation, and its amount in minor units of the order's currency.
  follow text constraint plan_row_follow_known check (follow in ('capture', 'cancel')),
  amount bigint constraint plan_row_amount_positive check (amount > 0),
  constraint plan_row_place_unique primary key (plan, place),
  constraint plan_row_order_unique unique (plan, order_id),
  constraint plan_row_order_of_place unique (plan, place, order_id),
  constraint plan_row_follow_has_amount check ((follow is null) = (amount is null))
);
create index plan_row_of_order on plan_row (order_id);

-- The history of each plan.
create table plan_event (
  plan bigint not null constraint plan_event_plan_exists references plan,
  seq int not null constraint plan_event_seq_from_one check (seq >= 1),
  what text not null constraint plan_event_known check (what in ('approved', 'withdrawn', 'started', 'paused', 'stopped', 'finished')),
  why text constraint plan_event_why_short check (octet_length(why) <= 20000),
  -- The results of its rows by then. Rows get results only while the plan runs.
  accepted int not null default 0,
  refused int not null default 0,
  changed int not null default 0,
  unknown int not null default 0,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  constraint plan_event_unique primary key (plan, seq)
);

-- The result of each row.
create table plan_result (
  plan bigint not null,
  place int not null,
  order_id text collate "C" not null,
  outcome text not null constraint plan_result_outcome_known check (outcome in ('accepted', 'refused', 'changed', 'unknown')),
  message text constraint plan_result_message_short check (octet_length(message) <= 20000),
  -- The last transition it led to.
  seq int,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  constraint plan_result_unique primary key (plan, place),
  constraint plan_result_row_exists foreign key (plan, place, order_id) references plan_row (plan, place, order_id),
  constraint plan_result_transition_exists foreign key (order_id, seq) references transition (order_id, seq),
  constraint plan_result_moved_if_accepted check ((outcome = 'accepted') = (seq is not null))
);

create function plan_begin() returns trigger language plpgsql as $$
begin
  perform acts_as(new.made_by);
  perform permitted(new.made_by, 'plan', 'change');
  -- The policy decides, not the maker.
  new.needs_approval := new.needs_approval or coalesce((policy()->>'plans_need_approval')::boolean, true);
  new.made_login := session_user;
  new.made_at := clock_timestamp();
  new.made_xid := pg_current_xact_id();
  return new;
end $$;
create trigger plan_begin before insert on plan for each row execute function plan_begin();

create function plan_row_begin() returns trigger language plpgsql as $$
begin
  if not exists (select from plan where number = new.plan and made_xid = pg_current_xact_id()) then
    perform refuse('plan_row_with_its_plan', 'a plan has the rows it was made with');
  end if;
  if not new.place between 1 and (select orders from plan where number = new.plan) then
    perform refuse('plan_row_within_plan', 'the plan has fewer rows than ' || new.place);
  end if;
  return new;
end $$;
create trigger plan_row_begin before insert on plan_row for each row execute function plan_row_begin();

-- At the end of the transaction, a plan has as many rows as it says.
create function plan_complete() returns trigger language plpgsql security definer as $$
declare rows bigint := (select count(*) from plan_row where plan = new.number);
begin
  if rows <> new.orders then
    perform refuse('plan_has_its_rows', 'the plan says ' || new.orders || ' orders and has ' || rows);
  end if;
  return null;
end $$;
create constraint trigger plan_has_its_rows after insert on plan deferrable initially deferred for each row execute function plan_complete();

create function plan_locked(which bigint, alone boolean) returns void language plpgsql security definer as $$
begin
  perform working();
  if alone then
    perform from plan where number = which for no key update;
  else
    perform from plan where number = which for share;
  end if;
end $$;

create function plan_event_seal() returns trigger language plpgsql as $$
declare it plan; last plan_event;
begin
  perform acts_as(new.recorder);
  perform permitted(new.recorder, 'plan', 'change');
  new.login := session_user;
  new.at := clock_timestamp();
  -- What is still under way for it ends first.
  perform plan_locked(new.plan, true);
  select * into it from plan where number = new.plan;
  if not found then
    perform refuse('plan_event_plan_exists', 'there is no such plan');
  end if;
  select * into last from plan_event where plan = new.plan order by seq desc limit 1;
  if new.seq <> coalesce(last.seq, 0) + 1 then
    perform refuse('plan_event_unique', 'the plan is at event ' || coalesce(last.seq, 0));
  end if;
  if last.what in ('withdrawn', 'finished') then
    perform refuse('plan_event_not_after_end', 'the plan was ' || last.what);
  end if;
  -- By person and by login, so that nobody approves under another name.
  if new.what = 'approved' and (new.recorder in (it.made_by, it.made_login) or new.login = it.made_by) then
    perform refuse('plan_event_approved_by_other', new.recorder || ' made this plan');
  end if;
  if new.what = 'approved' and (not it.needs_approval or last.seq is not null) then
    perform refuse('plan_event_approves_waiting', 'the plan does not wait for approval');
  end if;
  if new.what = 'started' and it.needs_approval
    and not exists (select from plan_event where plan = new.plan and what = 'approved') then
    perform refuse('plan_event_approved_before_start', 'someone else must approve this plan first');
  end if;
  select count(*) filter (where outcome = 'accepted'), count(*) filter (where outcome = 'refused'),
    count(*) filter (where outcome = 'changed'), count(*) filter (where outcome = 'unknown') into new.accepted, new.refused, new.changed, new.unknown
  from plan_result where plan = new.plan;
  if new.what = 'finished' and new.accepted + new.refused + new.changed + new.unknown <> it.orders then
    perform refuse('plan_event_finished_with_all_rows', 'some rows have no result yet');
  end if;
  return new;
end $$;
create trigger plan_event_seal before insert on plan_event for each row execute function plan_event_seal();

create function plan_result_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  perform permitted(new.recorder, 'plan', 'change');
  new.login := session_user;
  new.at := clock_timestamp();
  perform plan_locked(new.plan, false);
  if (select what from plan_event where plan = new.plan order by seq desc limit 1) is distinct from 'started' then
    perform refuse('plan_result_plan_running', 'the plan is not running');
  end if;
  -- The order moved by the plan itself, or by the answer to a request of this row, also where a notification was faster.
  if new.outcome = 'accepted' and not exists (select from request q where q.plan = new.plan and q.place = new.place and q.state = 'done' and q.seq = new.seq) and not exists (
    select from transition t join plan_row r on r.plan = new.plan and r.place = new.place and r.order_id = t.order_id
    where t.order_id = new.order_id and t.seq = new.seq and t.seq > r.version and t.reason = 'plan-' || new.plan) then
    perform refuse('plan_result_transition_by_plan', 'no transition of this plan moved the order');
  end if;
  return new;
end $$;
create trigger plan_result_seal before insert on plan_result for each row execute function plan_result_seal();

reset role;
