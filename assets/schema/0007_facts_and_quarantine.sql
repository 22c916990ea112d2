-- Facts: what was imported, what waits in quarantine, and evidence of what was tried at the provider.

set local role recourse_owner;

-- Every imported fact, by the digest of its content: the same fact twice changes nothing.
create table fact (
  key bytea constraint fact_key_unique primary key,
  outcome text not null constraint fact_outcome_known check (outcome in ('applied', 'repeated', 'quarantined')),
  received_at moment not null default clock_timestamp(),
  -- The transaction that stored it.
  epoch int not null default epoch_last(),
  xid xid8 not null default pg_current_xact_id()
);

-- The number of a run that imports facts, drawn when one of its facts first needs a decision.
create sequence import_number;

-- Facts that need a decision, with their original bytes.
create table quarantine (
  id bigint primary key,
  key bytea not null constraint quarantine_fact_unique unique references fact (key),
  order_id text collate "C",
  provider text,
  happened_at timestamptz,
  raw bytea not null,
  why text not null,
  -- The word that is not known, if it is in quarantine because of one.
  detail text not null default '',
  -- The merchant that it names, or whose order it is about; empty if neither is known.
  merchant text not null default '',
  -- The run that imported it.
  import bigint,
  message text not null,
  readings jsonb not null default '[]',
  early boolean not null default false,
  state text not null default 'waiting' constraint quarantine_state_known
    check (state in ('waiting', 'applied', 'repeated', 'dismissed')),
  note text constraint quarantine_note_short check (octet_length(note) <= 20000),
  settled_by text,
  settled_login text,
  settled_at moment,
  settled_xid xid8,
  received_at moment not null default clock_timestamp(),
  constraint quarantine_time_plausible check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z'),
  constraint quarantine_dismissal_has_note check (state <> 'dismissed' or raw = '' or coalesce(says(note), false))
);
create index quarantine_of_order on quarantine (order_id) where state = 'waiting';
create index quarantine_waiting on quarantine (id) where state = 'waiting';
create index quarantine_of_import on quarantine (import, id) where state = 'waiting';
create index quarantine_by_kind on quarantine (why, detail, merchant) where state = 'waiting';

create function fact_seal() returns trigger language plpgsql as $$
begin
  new.received_at := clock_timestamp();
  return new;
end $$;
create trigger fact_seal before insert on fact for each row execute function fact_seal();

create function quarantine_begin() returns trigger language plpgsql as $$
begin
  if new.state <> 'waiting' or new.settled_by is not null or new.settled_login is not null or new.settled_at is not null then
    perform refuse('quarantine_starts_waiting', 'a fact enters quarantine without a decision');
  end if;
  new.note := null;
  new.received_at := clock_timestamp();
  return new;
end $$;
create trigger quarantine_begin before insert on quarantine for each row execute function quarantine_begin();

create function quarantine_settle() returns trigger language plpgsql as $$
begin
  -- An erasure takes the bytes away.
  if current_user = 'recourse_owner' and pg_trigger_depth() > 1 and (new.state, new.settled_by, new.settled_at) is not distinct from (old.state, old.settled_by, old.settled_at)
    and exists (select from erasure e where e.order_id = old.order_id and e.xid = pg_current_xact_id())
    and (new.raw, new.message, new.readings, new.detail) = (''::bytea, '', '[]'::jsonb, '') and new.note is null and old.state <> 'waiting'
    and to_jsonb(new) - '{raw,message,readings,note,detail}'::text[] = to_jsonb(old) - '{raw,message,readings,note,detail}'::text[] then
    return new;
  end if;
  if old.state <> 'waiting' then
    perform refuse('quarantine_settled_once', 'someone decided about this fact before');
  end if;
  if (new.state = 'waiting') <> (new.settled_by is null) then
    perform refuse('quarantine_settled_by_person', 'say who decided about this fact');
  end if;
  -- What came in stays as it came, and how it is understood is judged by those who bring it in.
  if not is_intake() then
    if new.settled_by is null then
      perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
    end if;
    perform permitted(new.settled_by, 'quarantine', coalesce(old.provider, 'settle'));
    -- Above the policy's limit, what is reported decides money: a lead releases it.
    if old.why = 'limit' and new.state in ('applied', 'repeated') then
      perform permitted(new.settled_by, 'case', 'approve');
    end if;
    -- One fact of an order in one transaction: then what is recorded with it is of this fact.
    if new.state in ('applied', 'repeated') and exists (select from quarantine q where q.order_id = old.order_id and q.id <> old.id
        and q.state in ('applied', 'repeated') and q.settled_login = session_user and q.settled_xid = pg_current_xact_id()) then
      perform refuse('quarantine_one_at_a_time', 'another fact of this order is released in the same transaction');
    end if;
    new.why := old.why;
    new.detail := old.detail;
    new.message := old.message;
    new.readings := old.readings;
    new.early := old.early;
  end if;
  new.id := old.id;
  new.key := old.key;
  new.order_id := old.order_id;
  new.merchant := old.merchant;
  new.provider := old.provider;
  new.happened_at := old.happened_at;
  new.raw := old.raw;
  new.received_at := old.received_at;
  if new.settled_by is not null then
    perform acts_as(new.settled_by);
    new.settled_login := session_user;
    new.settled_at := clock_timestamp();
    new.settled_xid := pg_current_xact_id();
  else
    new.settled_login := null;
    new.settled_at := null;
    new.settled_xid := null;
  end if;
  return new;
end $$;
-- Whether this login released a fact of this order from quarantine in this transaction.
create function releases(of text) returns boolean language sql stable
  return exists (select from quarantine q where q.order_id = of and q.state in ('applied', 'repeated')
    and q.settled_login = session_user and q.settled_xid = pg_current_xact_id());

-- Bytes as JSON, if they are.
create function raw_json(raw bytea) returns jsonb language plpgsql immutable as $$
begin
  return convert_from(raw, 'UTF8')::jsonb;
exception when others then
  return null;
end $$;

-- Whether a fact that this login settled in this transaction names a number.
create function names_number(of text, said text) returns boolean language plpgsql stable as $$
begin
  return exists (select from quarantine q where q.order_id = of and q.state in ('applied', 'repeated') and q.settled_login = session_user and q.settled_xid = pg_current_xact_id()
    and exists (select from jsonb_path_query(raw_json(q.raw), 'strict $.**') leaf where jsonb_typeof(leaf) in ('string', 'number') and leaf #>> '{}' = said));
end $$;

-- Whether an amount as it is written is so many minor units.
create function same_amount(said text, coin text, minor bigint) returns boolean language plpgsql stable as $$
begin
  if said is null or minor is null then
    return said is null and minor is null;
  end if;
  return said::numeric * 10::numeric ^ (select exponent from currency where code = coin)::numeric = minor::numeric;
exception when others then
  return false;
end $$;

-- Whether a reading says this move: action, actor, amount and currency.
create function says_move(r jsonb, moved transition) returns boolean language plpgsql stable as $$
begin
  return r->>'action' = moved.action and r->>'actor' = moved.actor and same_amount(r->>'amount', r->>'currency', moved.amount)
    and (r->>'currency' is null or r->>'currency' = (select currency from orders where id = moved.order_id));
end $$;

-- How many facts of an order this login applied in this transaction.
create function applied_here(of text) returns bigint language sql stable
  return (select count(*) from quarantine q where q.order_id = of and q.state = 'applied' and q.settled_login = session_user and q.settled_xid = pg_current_xact_id());

-- How many moves of an order were recorded in this transaction as reported, without those that others imply.
create function reported_here(of text) returns bigint language sql stable
  return (select count(*) from transition t where t.order_id = of and t.xid = pg_current_xact_id() and t.source in ('notification', 'import') and not t.inferred);

-- How many facts that this login applied in this transaction say this move: action, actor, time, amount, reference, and who gets what.
create function released_as(moved transition) returns bigint language plpgsql stable as $$
begin
  return (select count(*) from quarantine q cross join lateral (select raw_json(q.raw) as body) said where q.order_id = moved.order_id and q.state = 'applied'
    and q.settled_login = session_user and q.settled_xid = pg_current_xact_id()
    -- What one of our own programs told is no word of the provider.
    and moved.contradictory = (q.why = 'contradictory')
    and moved.source = case said.body->>'type' when 'moved' then 'import' else 'notification' end
    and (q.happened_at = moved.happened_at or (q.happened_at is null and moved.happened_at > moved.recorded_at - interval '10 minutes'))
    and exists (select from jsonb_array_elements(q.readings) r where says_move(r, moved) and r->>'reference' is not distinct from moved.reference
      and r->>'of_capture' is not distinct from moved.of_capture and r->>'reason' is not distinct from moved.reason
      and (moved.note is null or moved.note in (r->>'note', q.note)))
    and (moved.action <> 'settle' or (same_amount(said.body->>'to_seller', (select currency from orders where id = moved.order_id), moved.to_seller)
      and same_amount(said.body->>'to_buyer', (select currency from orders where id = moved.order_id), moved.to_buyer))));
end $$;

-- What came in may also be recorded by those who release it from quarantine: once, as one of its readings. The steps that it implies are
-- recorded by those who bring it in.
create function released(moved transition) returns void language plpgsql stable as $$
begin
  -- Nothing from ahead of the clock is released.
  if moved.happened_at > moved.recorded_at + interval '10 minutes' then
    perform refuse('transition_time_by_database', 'the time ' || moved.happened_at || ' is ahead of the database''s clock');
  end if;
  if moved.inferred or moved.source not in ('notification', 'import') or (select count(*) from transition t
      where t.order_id = moved.order_id and t.xid = pg_current_xact_id() and t.source <> 'console' and not t.inferred and (t.action, t.actor) = (moved.action, moved.actor) and t.amount is not distinct from moved.amount
      and t.reference is not distinct from moved.reference) > released_as(moved)
    -- Each fact is one move, whichever of its readings is chosen.
    or reported_here(moved.order_id) > applied_here(moved.order_id) then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake, and ' || moved.source || ' is no source of a person');
  end if;
end $$;

-- At the end of the transaction, a step that was implied is followed by what implied it.
create function implied_by_report() returns trigger language plpgsql security definer as $$
begin
  if not exists (select from transition where order_id = new.order_id and seq > new.seq and xid = new.xid and not inferred
      and source in ('notification', 'import', 'reading')) then
    perform refuse('transition_only_missed_steps_inferred', new.action || ' was inferred, and nothing was reported after it');
  end if;
  return null;
end $$;
create constraint trigger transition_implied_by_report after insert on transition deferrable initially deferred
  for each row when (new.inferred) execute function implied_by_report();

create trigger quarantine_settle before update on quarantine for each row execute function quarantine_settle();

-- Settles a fact for a person. Nobody who works nowhere holds a row that others wait for, so all changes of rows are made by functions
-- like this one.
create function quarantine_settled(which bigint, becomes text, with_note text, by text) returns void language plpgsql security definer as $$
begin
  perform working();
  update quarantine set state = becomes, note = with_note, settled_by = by where id = which;
end $$;

-- Records the results of facts that were tried again.
create function quarantine_judged(ids bigint[], states text[], whys text[], messages text[], meant text[], persons text[], earlies boolean[])
returns void language plpgsql security definer as $$
begin
  perform working();
  update quarantine q set state = g.state, why = coalesce(g.why, q.why), message = coalesce(g.message, q.message),
    readings = coalesce(g.readings::jsonb, q.readings), early = g.early,
    settled_by = case when g.state = 'waiting' then null else g.by end
  from unnest(ids, states, whys, messages, meant, persons, earlies) as g (id, state, why, message, readings, by, early)
  where q.id = g.id;
end $$;

-- At the end of the transaction, what a person applied was recorded, once for each fact, and what a person calls repeated was recorded before.
create function quarantine_applied() returns trigger language plpgsql security definer as $$
begin
  if is_intake() or (new.state = 'applied' and new.order_id is not null and reported_here(new.order_id) >= applied_here(new.order_id)) then
    return null;
  end if;
  if new.state = 'applied' or not exists (select from transition t left join confirmation c on c.order_id = t.order_id and c.seq = t.seq
      cross join lateral jsonb_array_elements(new.readings) r where t.order_id = new.order_id and r->>'action' = t.action and r->>'actor' = t.actor
      and (r->>'amount' is null or says_move(r, t))
      and (r->>'reference' is null or r->>'reference' in (t.reference, c.reference) or coalesce(t.reference, c.reference) is null)) then
    perform refuse('quarantine_applied_recorded', 'the fact was called ' || new.state || ', and nothing was recorded of it');
  end if;
  return null;
end $$;
create constraint trigger quarantine_applied after update on quarantine deferrable initially deferred
  for each row when (new.state in ('applied', 'repeated') and old.state = 'waiting') execute function quarantine_applied();

-- What someone tried at the provider, or what the provider answered. Evidence moves no order.
create table evidence (
  id bigint primary key,
  order_id text collate "C" not null constraint evidence_order_exists references orders (id),
  kind text not null constraint evidence_kind_known check (kind in ('attempted', 'observed', 'absent')),
  action text,
  result text,
  -- What the provider said the order is: asked, or by its answer to a call.
  status text,
  detail text,
  happened_at timestamptz not null,
  recorded_at moment not null default clock_timestamp(),
  recorder text not null,
  login text not null default session_user,
  -- What the provider said was captured, canceled and refunded, in minor units.
  currency text,
  captured bigint constraint evidence_captured_not_negative check (captured >= 0),
  canceled bigint constraint evidence_canceled_not_negative check (canceled >= 0),
  refunded bigint constraint evidence_refunded_not_negative check (refunded >= 0),
  constraint evidence_sums_observed check (kind = 'observed' or (currency is null and captured is null and canceled is null and refunded is null)),
  constraint evidence_sums_have_currency check (currency is not null or coalesce(captured, canceled, refunded) is null),
  constraint evidence_attempt_has_result check ((kind = 'attempted') = (action is not null and result is not null)),
  constraint evidence_observation_has_status check (case kind when 'observed' then status is not null when 'absent' then status is null else true end),
  constraint evidence_time_plausible check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z')
);
create index evidence_of_order on evidence (order_id, happened_at, id);
create index evidence_answers on evidence (order_id, happened_at desc, id desc) where status is not null or kind = 'absent';

create function evidence_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  if not is_intake() then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  return new;
end $$;
create trigger evidence_seal before insert on evidence for each row execute function evidence_seal();

-- What is odd about a refund of a capture: the capture is not known here, or less than what was refunded of it.
create function capture_doubt(refunded_order text, version int, capture text) returns text language sql stable security definer as $$
  select case when caught.total is null then 'unknown_capture' when given.total > caught.total then 'more_than_capture' end
  from (select sum(t.amount) as total from transition t left join confirmation c on c.order_id = t.order_id and c.seq = t.seq
      where t.order_id = refunded_order and t.action = 'capture' and capture in (t.reference, c.reference)) caught,
    (select sum(t.amount) as total from transition t
      where t.order_id = refunded_order and t.action = 'refund' and t.of_capture = capture and t.seq <= version) given
$$;

reset role;
