-- The order book. Every constraint is a sentence; the program maps each name to an error.

do $$
declare name text;
begin
  foreach name in array array['recourse_owner', 'recourse_writer', 'recourse_reader', 'recourse_proxy'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then null;  -- another database of this cluster was faster
      end;
    end if;
  end loop;
  if not pg_has_role(current_user, 'recourse_owner', 'member') then
    execute format('grant recourse_owner to %I', current_user);
  end if;
end $$;

grant usage, create on schema public to recourse_owner;
grant usage on schema public to recourse_writer, recourse_reader;
set local role recourse_owner;

-- The law as rows: the program writes them, from the same table its menus come from.
create table law (
  version int primary key,
  digest bytea not null
);

create table rule (
  law int not null references law,
  provider text not null,
  from_status text not null,
  action text not null,
  actor text not null,
  to_status text not null,
  guard text not null,
  basis text not null,
  constraint a_rule_stands_once primary key (law, provider, from_status, action, actor, to_status)
);

-- One cluster, one timeline: after a dump and restore or a failover, old transaction ids mean nothing.
create table epoch (
  number int primary key,
  system_identifier bigint not null,
  timeline int not null,
  since timestamptz not null default now()
);

-- The projection: where each order stands. Amounts are minor units of its currency.
create table orders (
  id text collate "C" constraint an_order_has_one_id primary key,
  provider text not null,
  currency text not null,
  amount bigint not null constraint an_order_is_worth_something check (amount > 0),
  cancellation_fee bigint constraint a_fee_is_not_negative check (cancellation_fee >= 0),
  merchant text,
  buyer text,
  seller text,
  opened_at timestamptz not null,
  status text not null default '',
  version int not null default 0,
  authorised bigint not null default 0,
  canceled bigint not null default 0,
  captured bigint not null default 0,
  refunded bigint not null default 0,
  attempt smallint not null default 1,
  rejection_pending boolean not null default false,
  outcome text,
  to_seller bigint,
  to_buyer bigint,
  entered_at timestamptz not null default '-infinity',
  moved_at timestamptz not null default '-infinity',
  due_at timestamptz,
  -- How many of its moves should have reached the provider and are not confirmed.
  unconfirmed int not null default 0,
  -- Everything a transition leaves behind that the next one builds on, as one comparable value.
  state text collate "C" generated always as (
    status || ' ' || amount::text || ' ' || authorised::text || ' ' || canceled::text || ' ' || captured::text || ' '
    || refunded::text || ' ' || attempt::text || ' ' || rejection_pending::text || ' ' || coalesce(outcome, '-') || ' '
    || coalesce(to_seller::text, '-') || ' ' || coalesce(to_buyer::text, '-')) stored,
  constraint an_id_names_its_provider check (starts_with(id, provider || ':') and length(id) > length(provider) + 1),
  constraint an_id_is_one_short_printable_line check (octet_length(id) <= octet_length(provider) + 201
    and id !~ '[\x01-\x1f\x7f-\x9f]'),
  constraint the_provider_takes_the_currency check (
    (provider = 'tamara' and currency in ('SAR', 'AED', 'KWD', 'BHD', 'OMR'))
    or (provider = 'atarapay' and currency in ('NGN', 'USD')))
);

-- The log: one row a move, for ever.
create table transition (
  order_id text collate "C" not null,
  seq int not null,
  law int not null,
  provider text not null,
  from_status text not null,
  action text not null,
  actor text not null,
  to_status text not null,
  total bigint not null,
  amount bigint,
  authorised bigint not null,
  canceled bigint not null,
  captured bigint not null,
  refunded bigint not null,
  attempt smallint not null,
  rejection_pending boolean not null,
  outcome text,
  to_seller bigint,
  to_buyer bigint,
  due_at timestamptz,
  happened_at timestamptz not null,
  recorded_at timestamptz not null,
  source text not null,
  recorder text not null,
  login text not null,
  reason text,
  note text,
  reference text,
  inferred boolean not null default false,
  contradictory boolean not null default false,
  request_id uuid,
  request_digest bytea,
  hash bytea not null,
  epoch int not null,
  xid xid8 not null,
  id bigint generated always as identity,
  prev_seq int generated always as (nullif(seq, 1) - 1) stored,
  -- What it leaves behind; and what it must have found, told from what it did. The seal writes both, whatever came in:
  -- as generated columns they would cost every insert a tenth of its time, for being parsed anew.
  state text collate "C" not null,
  before text collate "C" not null,

  constraint an_order_moves_once_per_version primary key (order_id, seq),
  constraint a_version_has_one_state unique (order_id, seq, state),
  constraint a_transition_belongs_to_an_order foreign key (order_id) references orders (id),
  constraint a_transition_follows_a_rule foreign key (law, provider, from_status, action, actor, to_status) references rule,
  constraint a_transition_continues_the_last foreign key (order_id, prev_seq, before) references transition (order_id, seq, state),
  constraint a_transition_is_of_its_orders_provider check (starts_with(order_id, provider || ':')),
  constraint only_the_first_transition_opens check ((seq = 1) = (action = 'open')),
  constraint versions_count_from_one check (seq >= 1),

  constraint an_order_opens_with_nothing_done check (action <> 'open' or (amount = total and authorised = 0 and canceled = 0
    and captured = 0 and refunded = 0 and attempt = 1 and outcome is null and to_seller is null and to_buyer is null)),
  constraint an_action_bears_its_amount check ((amount is not null) =
    (action in ('open', 'capture', 'refund') or (action = 'cancel' and provider = 'tamara'))),
  constraint an_amount_is_more_than_nothing check (amount > 0),
  constraint an_authorisation_is_for_the_whole check (action <> 'authorise' or authorised = total),
  constraint canceled_and_captured_stay_within_authorised check (canceled + captured <= authorised),
  constraint refunded_stays_within_captured check (refunded <= captured),
  constraint an_updated_order_keeps_something check (to_status <> 'updated' or canceled <> authorised),
  constraint a_canceled_order_keeps_nothing check (to_status <> 'canceled' or canceled = authorised),
  constraint a_partially_captured_order_has_some_uncaptured check (to_status <> 'partially_captured' or canceled + captured <> authorised),
  constraint a_fully_captured_order_has_nothing_uncaptured check (to_status <> 'fully_captured' or canceled + captured = authorised),
  constraint a_partially_refunded_order_has_something_left check (to_status <> 'partially_refunded'
    or refunded <> captured or canceled + captured <> authorised),
  constraint a_fully_refunded_order_has_nothing_left check (to_status <> 'fully_refunded'
    or (refunded = captured and canceled + captured = authorised)),

  constraint only_a_rejection_is_pending check (rejection_pending = (action = 'reject')),
  constraint there_is_no_third_delivery check (to_status <> 'pending_ii' or attempt = 1),
  constraint only_escrow_is_divided check (provider = 'atarapay' or (to_seller is null and to_buyer is null and outcome is null)),
  constraint parts_come_together check ((to_seller is null) = (to_buyer is null)),
  constraint a_decision_names_both_parts check (provider <> 'atarapay'
    or action not in ('accept', 'confirm_good_condition', 'cancel', 'withdraw', 'settle')
    or (to_seller is not null and to_buyer is not null)),
  constraint the_parts_sum_to_the_held_amount check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total),
  constraint an_acceptance_pays_the_seller check (action <> 'accept' or to_buyer = 0),
  constraint a_return_refunds_the_buyer check (action not in ('confirm_good_condition', 'cancel') or to_seller = 0),
  constraint a_withdrawal_pays_the_other_party check (action <> 'withdraw'
    or (actor = 'buyer' and to_buyer = 0) or (actor = 'seller' and to_seller = 0)),
  constraint an_outcome_is_what_its_parts_say check (action not in ('withdraw', 'settle') or outcome is not distinct from
    case when to_buyer = 0 then 'pay_seller' when to_seller = 0 then 'refund_buyer' else 'split' end),

  constraint a_deadline_runs_where_the_law_has_one check ((due_at is not null) =
    (to_status in ('new', 'approved', 'authorised', 'updated'))),
  constraint a_deadline_counts_from_its_milestone check (due_at = case action
    when 'open' then happened_at + interval '30 minutes'
    when 'approve' then happened_at + interval '72 hours'
    when 'authorise' then happened_at + interval '2160 hours'
    else due_at end),

  constraint a_transition_happens_in_our_time check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z'),
  constraint only_missed_steps_are_inferred check (not inferred
    or action in ('approve', 'authorise', 'deliver', 'reject', 'report_bad_condition')),
  constraint a_request_has_its_digest check ((request_id is null) = (request_digest is null)),
  constraint a_source_is_known check (source in ('console', 'notification', 'import', 'clock')),
  constraint a_word_taken_down_says_how_it_is_known check (source <> 'console' or action = 'open'
    or actor not in ('buyer', 'seller', 'courier') or coalesce(btrim(note, E' \t\r\n'), '') <> ''),
  constraint a_payout_taken_down_has_its_reference check (source <> 'console' or action <> 'complete'
    or coalesce(btrim(reference, E' \t\r\n'), '') <> '')
);

alter table orders add constraint an_order_stands_where_its_last_transition_left_it
  foreign key (id, version, state) references transition (order_id, seq, state) deferrable initially deferred;

create unique index a_request_is_recorded_once on transition (order_id, request_id) where request_id is not null;
create index transition_by_request on transition (request_id) where request_id is not null;
create index transition_feed on transition (epoch, xid, id);
create index orders_page on orders (status, entered_at, id);
create index orders_due on orders (due_at, id) where due_at is not null;

-- What the provider itself said of a transition we made.
create table confirmation (
  order_id text collate "C" not null,
  seq int not null,
  reference text,
  happened_at timestamptz not null,
  recorded_at timestamptz not null default clock_timestamp(),
  recorder text not null,
  login text not null default session_user,
  constraint a_transition_is_confirmed_once primary key (order_id, seq),
  constraint an_opening_needs_no_confirmation check (seq > 1),
  constraint a_confirmation_happens_in_our_time check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z'),
  constraint a_confirmation_is_of_a_transition foreign key (order_id, seq) references transition (order_id, seq)
);

-- Every line that ever came in, by what it says: the same thing twice changes nothing.
create table fact (
  key bytea constraint a_fact_is_taken_once primary key,
  outcome text not null constraint an_outcome_of_a_fact_is_known check (outcome in ('applied', 'repeated', 'quarantined')),
  received_at timestamptz not null default clock_timestamp()
);

-- What came in and could not be taken, with its original bytes. Rows are never deleted.
create table quarantine (
  id bigint generated always as identity primary key,
  key bytea not null constraint a_fact_waits_once unique references fact (key),
  order_id text collate "C",
  provider text,
  happened_at timestamptz,
  raw bytea not null,
  why text not null,
  message text not null,
  readings jsonb not null default '[]',
  early boolean not null default false,
  state text not null default 'waiting' constraint a_quarantined_fact_is_waiting_or_settled
    check (state in ('waiting', 'applied', 'repeated', 'dismissed')),
  note text,
  settled_by text,
  settled_login text,
  settled_at timestamptz,
  received_at timestamptz not null default clock_timestamp(),
  constraint a_fact_happens_in_our_time check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z'),
  constraint a_dismissal_says_why check (state <> 'dismissed' or coalesce(btrim(note, E' \t\r\n'), '') <> '')
);
create index quarantine_of_order on quarantine (order_id) where state = 'waiting';
create index quarantine_waiting on quarantine (id) where state = 'waiting';

-- Counts as deltas that somebody folds: a counter row per status would make every writer wait for every other.
create table tally (
  provider text not null,
  status text not null,
  currency text not null,
  orders bigint not null,
  amount numeric not null  -- many orders are worth more than a bigint holds
);

-- Who may do what, as an append-only list of grants and withdrawals.
create table person_change (
  id bigint generated always as identity primary key,
  login text not null constraint a_login_is_a_name check (login <> '' and login = btrim(login, E' \t\r\n')),
  role text not null constraint a_role_is_known check (role in ('viewer', 'agent', 'lead', 'ops', 'admin')),
  granted boolean not null,
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at timestamptz not null default clock_timestamp()
);
create view person as
  select login, role, changed_by, changed_at
  from (select distinct on (login, role) * from person_change order by login, role, id desc) last
  where granted;

-- A database error with a constraint's name, so that one function maps both kinds. Whatever the guards call and read is
-- what lies in public: nobody's own schema, nor their temporary tables, come between.
create function refuse(sentence text, explanation text) returns void language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = sentence, message = explanation;
end $$;

create function never() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform refuse('the_log_is_append_only', tg_op || ' on ' || tg_table_name || ' is forbidden: the log is append-only');
  return null;
end $$;

create trigger the_log_is_append_only before update or delete on transition for each row execute function never();
create trigger the_log_is_never_emptied before truncate on transition for each statement execute function never();
create trigger confirmations_stay before update or delete on confirmation for each row execute function never();
create trigger confirmations_are_never_emptied before truncate on confirmation for each statement execute function never();
create trigger grants_stay before update or delete on person_change for each row execute function never();
create trigger orders_stay before delete on orders for each row execute function never();
create trigger orders_are_never_emptied before truncate on orders for each statement execute function never();
create trigger quarantine_stays before delete on quarantine for each row execute function never();
create trigger quarantine_is_never_emptied before truncate on quarantine for each statement execute function never();
create trigger facts_stay before update or delete on fact for each row execute function never();
create trigger facts_are_never_emptied before truncate on fact for each statement execute function never();
create trigger grants_are_never_emptied before truncate on person_change for each statement execute function never();
create trigger the_law_stays before update or delete on rule for each row execute function never();
create trigger the_law_is_never_emptied before truncate on rule for each statement execute function never();
create trigger laws_stay before update or delete on law for each row execute function never();

create function moved_by_hand() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform refuse('only_a_transition_moves_an_order', 'orders follow their transitions: insert one instead');
  return null;
end $$;
-- Depth 1 is the statement of a client; the log's own trigger comes in deeper.
create trigger only_a_transition_moves_an_order before update on orders for each row
  when (pg_trigger_depth() < 1) execute function moved_by_hand();

create function person_speaks(name text) returns void language plpgsql set search_path = public, pg_temp as $$
begin
  if name <> session_user and not pg_has_role(session_user, 'recourse_proxy', 'member') then
    perform refuse('a_person_speaks_for_themselves', session_user || ' may not act as ' || name);
  end if;
end $$;

-- The hash of a transition: over the hash before it and its fields, each text with its length before it, absent ones
-- without. Instants are microseconds since 2000, as eight bytes in hex. verify recomputes it outside the database.
create function transition_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare last record; facts text; born text; settles boolean; divides boolean;
begin
  if new.recorder <> session_user then
    perform person_speaks(new.recorder);
  end if;
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  new.xid := pg_current_xact_id();
  new.epoch := (select max(number) from epoch);
  if new.seq > 1 then
    select hash, due_at into last from transition where order_id = new.order_id and seq = new.seq - 1;
    if not found then
      perform refuse('a_transition_continues_the_last', 'there is no version ' || new.seq - 1 || ' to continue');
    end if;
    if new.due_at is not null and new.action not in ('approve', 'authorise') and new.due_at is distinct from last.due_at then
      perform refuse('a_deadline_stays_with_its_milestone', 'the deadline was ' || coalesce(last.due_at::text, 'none'));
    end if;
  else
    select null::bytea as hash, opened_at into last from orders where id = new.order_id;
    if new.seq = 1 and last.opened_at <> new.happened_at then
      perform refuse('an_order_opens_when_it_was_opened', 'the order was opened at ' || last.opened_at);
    end if;
    -- What the order was opened with is part of its first transition.
    born := (select concat(currency, ' ', coalesce(cancellation_fee::text, '-'), octet_length(merchant), ':', merchant,
      octet_length(buyer), ':', buyer, octet_length(seller), ':', seller) from orders where id = new.order_id);
  end if;
  new.state := concat(new.to_status, ' ', new.total, ' ', new.authorised, ' ', new.canceled, ' ', new.captured, ' ', new.refunded, ' ',
    new.attempt, ' ', new.rejection_pending::text, ' ', coalesce(new.outcome, '-'), ' ', coalesce(new.to_seller::text, '-'), ' ',
    coalesce(new.to_buyer::text, '-'));
  settles := new.action in ('withdraw', 'settle');
  divides := settles or new.action in ('accept', 'confirm_good_condition', 'cancel');
  new.before := concat(new.from_status, ' ', new.total,
    ' ', case when new.action = 'authorise' then 0 else new.authorised end,
    ' ', case when new.action = 'cancel' and new.provider = 'tamara' then new.canceled - new.amount else new.canceled end,
    ' ', case when new.action = 'capture' then new.captured - new.amount else new.captured end,
    ' ', case when new.action = 'refund' then new.refunded - new.amount else new.refunded end,
    ' ', case when new.action = 'deliver' and new.from_status = 'pending_ii' then new.attempt - 1 else new.attempt end,
    ' ', (new.action in ('agree_second_delivery', 'confirm_good_condition', 'report_bad_condition'))::text,
    ' ', case when settles then '-' else coalesce(new.outcome, '-') end,
    ' ', case when divides then '-' else coalesce(new.to_seller::text, '-') end,
    ' ', case when divides then '-' else coalesce(new.to_buyer::text, '-') end);
  facts := concat(new.seq, ' ', new.law, ' ', coalesce(new.amount::text, '-'), ' ', new.total, ' ', new.authorised, ' ', new.canceled,
    ' ', new.captured, ' ', new.refunded, ' ', new.attempt, ' ', new.rejection_pending, ' ', coalesce(new.outcome, '-'), ' ',
    coalesce(new.to_seller::text, '-'), ' ', coalesce(new.to_buyer::text, '-'), ' ', coalesce(encode(timestamptz_send(new.due_at), 'hex'), '-'),
    ' ', encode(timestamptz_send(new.happened_at), 'hex'), ' ', encode(timestamptz_send(new.recorded_at), 'hex'),
    ' ', new.inferred, ' ', new.contradictory, ' ', coalesce(new.request_id::text, '-'), ' ', coalesce(encode(new.request_digest, 'hex'), '-'),
    ' ', new.epoch, ' ', new.xid, ' ', born);
  new.hash := sha256(coalesce(last.hash, ''::bytea) || convert_to(concat(octet_length(facts), ':', facts,
    octet_length(new.order_id), ':', new.order_id, octet_length(new.from_status), ':', new.from_status,
    octet_length(new.to_status), ':', new.to_status, octet_length(new.action), ':', new.action, octet_length(new.actor), ':', new.actor,
    octet_length(new.source), ':', new.source, octet_length(new.recorder), ':', new.recorder, octet_length(new.login), ':', new.login,
    octet_length(new.reason), ':', new.reason, octet_length(new.note), ':', new.note,
    octet_length(new.reference), ':', new.reference), 'UTF8'));
  return new;
end $$;
create trigger transition_seal before insert on transition for each row execute function transition_seal();

-- Whether a move is one that we made and the provider has to hear of.
create function must_reach_provider(seq int, actor text, source text) returns boolean language sql immutable as $$
  select seq > 1 and actor not in ('provider', 'clock') and source not in ('notification', 'clock')
$$;

-- Moves the projection and counts the move. One row is the rule, and goes without sorting and grouping.
create function transition_project() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare one transition; moved int; expected int; many boolean; coin text; worth bigint;
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
    returning o.currency, o.amount into coin, worth;
    if not found then
      perform refuse('an_order_stands_where_its_last_transition_left_it', 'the order already stands at or after this version');
    end if;
    if one.from_status <> one.to_status then
      insert into tally values (one.provider, one.to_status, coin, 1, worth);
      if one.seq > 1 then
        insert into tally values (one.provider, one.from_status, coin, -1, -worth);
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
  return null;
end $$;
create trigger transition_project after insert on transition referencing new table as fresh
  for each statement execute function transition_project();

create function confirmation_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.recorder);
  new.login := session_user;
  return new;
end $$;
create trigger confirmation_seal before insert on confirmation for each row execute function confirmation_seal();

-- One thing less that the provider has to confirm.
create function confirmation_count() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update orders o set unconfirmed = o.unconfirmed - 1
  from transition t where o.id = new.order_id and t.order_id = new.order_id and t.seq = new.seq
    and must_reach_provider(t.seq, t.actor, t.source);
  return null;
end $$;
create trigger confirmation_count after insert on confirmation for each row execute function confirmation_count();

create function quarantine_begin() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if new.state <> 'waiting' or new.settled_by is not null or new.settled_login is not null or new.settled_at is not null then
    perform refuse('what_comes_in_waits', 'a fact comes into quarantine unsettled');
  end if;
  return new;
end $$;
create trigger quarantine_begin before insert on quarantine for each row execute function quarantine_begin();

create function quarantine_settle() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  if old.state <> 'waiting' then
    perform refuse('what_is_settled_stays_settled', 'this quarantined fact was settled before');
  end if;
  if (new.state = 'waiting') <> (new.settled_by is null) then
    perform refuse('somebody_settles_a_fact', 'who settles a fact is written beside it');
  end if;
  if new.settled_by is not null then
    perform person_speaks(new.settled_by);
    new.settled_login := session_user;
    new.settled_at := clock_timestamp();
  end if;
  return new;
end $$;
create trigger quarantine_settle before update on quarantine for each row execute function quarantine_settle();

create function person_named() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.changed_by);
  new.changed_login := session_user;
  new.changed_at := clock_timestamp();
  -- One at a time, and each sees what the one before did: two admins must not remove each other.
  if current_setting('transaction_isolation') <> 'read committed' then
    perform refuse('people_are_named_one_at_a_time', 'name people in a transaction of the isolation level read committed');
  end if;
  perform pg_advisory_xact_lock(hashtext('recourse people'));
  if exists (select from person) then
    if not exists (select from person where login = new.changed_by and role = 'admin') then
      perform refuse('only_an_admin_names_people', new.changed_by || ' is not an admin');
    end if;
    if not new.granted and new.role = 'admin'
      and not exists (select from person where role = 'admin' and login <> new.login) then
      perform refuse('an_admin_remains', new.login || ' is the last admin');
    end if;
  elsif not (new.granted and new.role = 'admin') then
    perform refuse('the_first_person_is_an_admin', 'the first person named must be an admin');
  end if;
  return new;
end $$;
create trigger person_named before insert on person_change for each row execute function person_named();

-- The number of the cluster's present epoch; begins a new one when cluster or timeline changed.
create function epoch_now() returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare here bigint := (select system_identifier from pg_control_system());
  line int := (select timeline_id from pg_control_checkpoint());
  last epoch;
begin
  select * into last from epoch order by number desc limit 1;
  if last.system_identifier is distinct from here or last.timeline is distinct from line then
    insert into epoch (number, system_identifier, timeline) values (coalesce(last.number, 0) + 1, here, line)
      on conflict do nothing;
  end if;
  return (select max(number) from epoch);
end $$;

-- Folds the deltas into one row each, if nobody else is at it.
create function tally_fold() returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare folded int;
begin
  if not pg_try_advisory_xact_lock(hashtext('recourse tally')) then return 0; end if;
  with taken as (delete from tally returning *),
  sums as (select provider, status, currency, sum(orders) as orders, sum(amount) as amount from taken group by 1, 2, 3),
  put as (insert into tally select * from sums where orders <> 0 or amount <> 0)
  select count(*) into folded from taken;
  return folded;
end $$;

revoke execute on function epoch_now(), tally_fold() from public;
grant select on law, rule, epoch, orders, transition, confirmation, fact, quarantine, tally, person_change, person
  to recourse_writer, recourse_reader;
-- Not the columns that the database fills in itself.
grant insert (order_id, seq, law, provider, from_status, action, actor, to_status, total, amount, authorised, canceled, captured,
  refunded, attempt, rejection_pending, outcome, to_seller, to_buyer, due_at, happened_at, source, recorder, reason, note,
  reference, inferred, contradictory, request_id, request_digest) on transition to recourse_writer;
grant insert (order_id, seq, reference, happened_at, recorder) on confirmation to recourse_writer;
grant insert (key, outcome) on fact to recourse_writer;
grant insert (key, order_id, provider, happened_at, raw, why, message, readings, early) on quarantine to recourse_writer;
grant insert (login, role, granted, changed_by) on person_change to recourse_writer;
grant insert (id, provider, currency, amount, cancellation_fee, merchant, buyer, seller, opened_at) on orders to recourse_writer;
grant update (why, message, readings, early, state, note, settled_by) on quarantine to recourse_writer;
grant execute on function epoch_now(), tally_fold() to recourse_writer;
grant execute on function epoch_now() to recourse_reader;

select epoch_now();
reset role;
grant select on _sqlx_migrations to recourse_writer, recourse_reader;
