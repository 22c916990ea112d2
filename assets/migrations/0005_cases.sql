-- Cases: who works on a dispute, by when, what was said and shown, what was decided, and whether it was paid.

set local role recourse_owner;
-- Whatever moves while the cases of old disputes are opened would have none.
lock table transition in share row exclusive mode;

-- How this desk works: reasons, clocks, hours, limits, canned texts. One for everybody; the newest counts. Limits are minor
-- units of their currency, lengths seconds.
create table desk_policy (
  number int constraint a_policy_has_one_number primary key,
  body jsonb not null,
  -- As it was written.
  source text not null,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp()
);

create function policy() returns jsonb language sql stable set search_path = public, pg_temp as $$
  select body from desk_policy order by number desc limit 1
$$;

-- The opening and closing of a day of business, where it is one.
create function business_day(day date, hours jsonb, out opens timestamptz, out closes timestamptz)
language plpgsql stable set search_path = pg_catalog as $$
begin
  if hours->'days' @> to_jsonb(extract(isodow from day)::int) and not coalesce(hours->'holidays' ? day::text, false) then
    opens := (day + make_interval(mins => (hours->>'from')::int)) at time zone (hours->>'zone');
    closes := (day + make_interval(mins => (hours->>'to')::int)) at time zone (hours->>'zone');
  end if;
end $$;

-- When so many seconds will have passed: of business where there are hours, else of the clock.
create function business_add(start timestamptz, seconds bigint, hours jsonb) returns timestamptz
language plpgsql stable set search_path = public, pg_temp as $$
declare day date; rest bigint := seconds; here bigint; it record;
begin
  if hours is null or jsonb_typeof(hours) <> 'object' then return start + make_interval(secs => seconds); end if;
  day := (start at time zone (hours->>'zone'))::date;
  for ahead in 0 .. 3660 loop
    it := business_day(day + ahead, hours);
    if it.opens is not null and it.closes > start then
      here := extract(epoch from it.closes - greatest(start, it.opens))::bigint;
      if here >= rest then return greatest(start, it.opens) + make_interval(secs => rest); end if;
      rest := rest - here;
    end if;
  end loop;
  return start + make_interval(secs => seconds);
end $$;

-- How many seconds of business lie between two moments; less than nothing where the second comes first.
create function business_between(start timestamptz, finish timestamptz, hours jsonb) returns bigint
language plpgsql stable set search_path = public, pg_temp as $$
declare day date; seconds bigint := 0; it record;
begin
  if hours is null or jsonb_typeof(hours) <> 'object' then return extract(epoch from finish - start)::bigint; end if;
  if finish < start then return - business_between(finish, start, hours); end if;
  day := (start at time zone (hours->>'zone'))::date;
  while day <= (finish at time zone (hours->>'zone'))::date loop
    it := business_day(day, hours);
    if it.opens is not null then
      seconds := seconds + greatest(0, extract(epoch from least(it.closes, finish) - greatest(it.opens, start))::bigint);
    end if;
    day := day + 1;
  end loop;
  return seconds;
end $$;

create function policy_seal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.recorder);
  new.login := session_user;
  new.at := clock_timestamp();
  if exists (select from person) and not exists (select from person where login = new.recorder and role = 'admin') then
    perform refuse('only_an_admin_sets_the_policy', new.recorder || ' is not an admin');
  end if;
  if new.number <> coalesce((select max(number) from desk_policy), 0) + 1 then
    perform refuse('a_policy_has_one_number', 'somebody else has just set another policy');
  end if;
  -- Hours that cannot be reckoned with show now, and not with the first case.
  perform business_add(clock_timestamp(), 3600, new.body->'hours');
  return new;
end $$;
create trigger policy_seal before insert on desk_policy for each row execute function policy_seal();
create trigger policies_stay before update or delete on desk_policy for each row execute function never();
create trigger policies_are_never_emptied before truncate on desk_policy for each statement execute function never();

create function micros(at timestamptz) returns bigint language sql stable set search_path = pg_catalog as $$
  select (extract(epoch from at) * 1000000)::bigint
$$;

-- Where each case stands. An order may have had several; one is open at most. What an order was opened with stands here
-- again, so that a queue of cases and the hints need no order.
create table dispute_case (
  order_id text collate "C" not null constraint a_case_is_of_an_order references orders (id),
  number int not null constraint cases_count_from_one check (number >= 1),
  currency text not null,
  amount bigint not null,
  merchant text,
  buyer text,
  seller text,
  phones text[] not null default '{}',
  opened_at timestamptz not null,
  opened_by text not null,
  seq int not null default 0,
  -- The last event that a decision has to know of.
  matter int not null default 0,
  stage text not null default 'working' constraint a_stage_is_known check (stage in ('working', 'proposed', 'decided', 'closed')),
  open boolean generated always as (stage <> 'closed') stored,
  waiting text constraint only_a_party_is_waited_for check (waiting in ('buyer', 'seller')),
  queue text generated always as (case when stage = 'closed' then 'closed' when stage = 'decided' then 'unpaid' when stage = 'proposed' then 'proposed'
    when waiting is not null then 'waiting_' || waiting else 'working' end) stored,
  reason text,
  claimed bigint constraint a_claim_is_within_the_order check (claimed > 0 and claimed <= amount),
  owner text,
  lease_until timestamptz,
  clock text,
  due_at timestamptz,
  -- Microseconds of the nearest deadline, and of what is over the latest first: what lists are sorted by.
  rank bigint not null default 253370764800000000,
  level smallint not null default 0,
  escalate_at timestamptz,
  reopened boolean not null default false,
  answered_at timestamptz,
  decided_at timestamptz,
  closed_at timestamptz,
  constraint a_case_has_one_number primary key (order_id, number),
  constraint a_lease_has_its_owner check (lease_until is null or owner is not null)
);
create unique index an_order_has_one_open_case on dispute_case (order_id) where open;
create index case_urgent on dispute_case (rank, (- amount), order_id, number) where open;
create index case_next on dispute_case (rank, (- amount), order_id, number) where queue = 'working' and owner is null;
create index case_queue on dispute_case (queue, rank, (- amount), order_id, number);
create index case_owner on dispute_case (owner, rank, (- amount), order_id, number) where open and owner is not null;
create index case_held on dispute_case (owner) where queue = 'working' and owner is not null;
create index case_lease on dispute_case (lease_until) where lease_until is not null;
create index case_escalate on dispute_case (escalate_at) where escalate_at is not null;
create index case_opened on dispute_case (opened_at);
create index case_decided on dispute_case (decided_at) where decided_at is not null;
create index case_buyer on dispute_case (buyer, opened_at desc);
create index case_seller on dispute_case (seller, opened_at desc);
create index case_merchant on dispute_case (merchant, opened_at desc);
create index case_phones on dispute_case using gin (phones);

-- What happened to each case, in order. Its key is the lock: who writes the next event first wins.
create table case_event (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null,
  party text constraint a_party_is_buyer_or_seller check (party in ('buyer', 'seller')),
  -- Who holds the case from now on.
  person text,
  -- Why; for the desk only.
  words text,
  reason text,
  claimed bigint,
  -- A line of the checklist, or a payout's reference.
  item text,
  clock text,
  level smallint,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp(),
  request_id uuid,
  request_digest bytea,
  epoch int not null default 0,
  xid xid8 not null default pg_current_xact_id(),
  -- Of the same numbers as the log of orders: one place in the feed for both.
  id bigint not null default 0,
  constraint a_case_goes_on_once_per_event primary key (order_id, number, seq),
  constraint an_event_is_one_thing unique (order_id, number, seq, what),
  constraint an_event_is_of_a_case foreign key (order_id, number) references dispute_case (order_id, number),
  constraint what_happens_to_a_case_is_known check (what in ('opened', 'claimed', 'taken', 'released', 'returned', 'handed_over',
    'classified', 'checked', 'unchecked', 'noted', 'messaged', 'asked', 'answered', 'resumed', 'attached', 'proposed', 'retracted',
    'rejected', 'decided', 'payout', 'escalated', 'closed')),
  constraint what_is_said_is_said_to_a_party check ((party is not null) = (what in ('messaged', 'asked', 'answered', 'payout'))),
  constraint taking_says_why check (what not in ('taken', 'handed_over', 'rejected', 'resumed') or coalesce(btrim(words, E' \t\r\n'), '') <> ''),
  constraint a_case_is_handed_to_somebody check (what <> 'handed_over' or coalesce(btrim(person), '') <> ''),
  constraint a_case_request_has_its_digest check ((request_id is null) = (request_digest is null))
);
create unique index a_case_request_is_recorded_once on case_event (order_id, request_id) where request_id is not null;
create index case_feed on case_event (epoch, xid, id);

-- What only the desk reads. It is another thing than a message: no letter and no export can be made of it.
create table case_note (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'noted' constraint a_note_is_a_note check (what = 'noted'),
  body text not null constraint a_note_says_something check (btrim(body, E' \t\r\n') <> ''),
  found tsvector generated always as (to_tsvector('simple', body)) stored,
  constraint a_note_stands_once primary key (order_id, number, seq),
  constraint a_note_is_an_event foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what)
);
create index case_note_found on case_note using gin (found);

-- What a party was told, or said.
create table case_message (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null constraint a_message_is_a_message check (what in ('messaged', 'asked', 'answered')),
  body text not null constraint a_message_says_something check (btrim(body, E' \t\r\n') <> ''),
  constraint a_message_stands_once primary key (order_id, number, seq),
  constraint a_message_is_an_event foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what)
);

-- Files that prove something, as they came.
create table case_file (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'attached' constraint a_file_is_a_file check (what = 'attached'),
  name text not null constraint a_file_has_a_name check (name <> '' and name !~ '[/\x01-\x1f\x7f]' and octet_length(name) <= 255),
  -- By its content, never by its name.
  kind text not null,
  -- What can be said of it without showing it: 1200 x 800, 3 lines.
  facts text not null,
  size int not null,
  digest bytea not null,
  content bytea not null,
  constraint a_file_stands_once primary key (order_id, number, seq),
  constraint a_file_is_an_event foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what),
  constraint a_file_is_as_long_as_it_says check (size = octet_length(content)),
  constraint a_file_is_not_too_large check (size between 1 and 26214400),
  constraint a_file_has_its_digest check (digest = sha256(content))
);
alter table case_file alter column content set storage external;

-- What somebody would decide, and what they had seen when they did.
create table case_proposal (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'proposed' constraint a_proposal_is_a_proposal check (what = 'proposed'),
  order_version int not null,
  matter int not null default 0,
  total bigint not null,
  to_seller bigint not null,
  to_buyer bigint not null,
  reason text not null constraint a_decision_has_a_reason check (btrim(reason) <> ''),
  rationale text not null constraint a_decision_says_why check (btrim(rationale, E' \t\r\n') <> ''),
  say_seller text not null constraint the_seller_is_told check (btrim(say_seller, E' \t\r\n') <> ''),
  say_buyer text not null constraint the_buyer_is_told check (btrim(say_buyer, E' \t\r\n') <> ''),
  constraint a_proposal_stands_once primary key (order_id, number, seq),
  constraint a_proposal_is_an_event foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what),
  constraint what_is_proposed_sums_to_the_held_amount check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total)
);

-- What was decided: one of a dispute, and an order has one dispute.
create table decision (
  order_id text collate "C" constraint a_dispute_is_decided_once primary key,
  number int not null,
  transition_seq int not null,
  -- settled here, withdrawn by a party, or reported by the provider.
  basis text not null constraint a_basis_of_a_decision_is_known check (basis in ('settled', 'withdrawn', 'reported')),
  currency text not null,
  total bigint not null,
  to_seller bigint not null,
  to_buyer bigint not null,
  proposal_seq int,
  reason text,
  rationale text,
  say_seller text,
  say_buyer text,
  decided_by text not null,
  decided_login text not null,
  proposed_by text,
  proposed_login text,
  approved_by text,
  approved_login text,
  decided_at timestamptz not null,
  constraint a_decision_is_of_a_case foreign key (order_id, number) references dispute_case (order_id, number),
  constraint a_decision_is_a_transition foreign key (order_id, transition_seq) references transition (order_id, seq),
  constraint what_is_decided_sums_to_the_held_amount check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total),
  -- As the database knows them: nobody by another name, either.
  constraint nobody_approves_their_own_decision check (approved_by is null or (proposed_by is not null
    and approved_by <> proposed_by and approved_login <> proposed_by and approved_by <> proposed_login))
);

-- What is paid to whom: one of a decision and a party.
create table payout (
  order_id text collate "C" not null constraint a_payout_is_of_a_decision references decision (order_id),
  party text not null constraint a_payout_is_for_a_party check (party in ('buyer', 'seller')),
  currency text not null,
  amount bigint not null constraint a_payout_is_more_than_nothing check (amount > 0),
  seq int not null default 0,
  state text not null default 'pending' constraint a_state_of_a_payout_is_known check (state in ('pending', 'sent', 'confirmed', 'failed')),
  reference text,
  constraint a_party_is_paid_once primary key (order_id, party),
  constraint what_is_confirmed_has_its_reference check (state <> 'confirmed' or coalesce(btrim(reference, E' \t\r\n'), '') <> '')
);
create index payout_open on payout (state) where state <> 'confirmed';

create table payout_event (
  order_id text collate "C" not null,
  party text not null,
  seq int not null,
  what text not null constraint what_happens_to_a_payout_is_known check (what in ('sent', 'confirmed', 'failed', 'reopened')),
  reference text,
  words text,
  recorder text not null,
  login text not null default session_user,
  at timestamptz not null default clock_timestamp(),
  request_id uuid,
  constraint a_payout_goes_on_once_per_event primary key (order_id, party, seq),
  constraint a_payout_event_is_of_a_payout foreign key (order_id, party) references payout (order_id, party),
  constraint a_confirmation_has_its_reference check (what <> 'confirmed' or coalesce(btrim(reference, E' \t\r\n'), '') <> ''),
  constraint a_failure_says_why check (what <> 'failed' or coalesce(btrim(words, E' \t\r\n'), '') <> '')
);

create unique index a_payout_request_is_recorded_once on payout_event (order_id, request_id) where request_id is not null;

-- The clocks of each case: one that runs has a deadline, one that rests what was left of it, in seconds of its hours.
create table case_clock (
  order_id text collate "C" not null,
  number int not null,
  name text not null,
  due_at timestamptz,
  rest bigint,
  ended_at timestamptz,
  primary key (order_id, number, name)
);

-- What somebody is writing and has not sent. It is nobody's fact: it changes, and goes when it is sent.
create table case_draft (
  order_id text collate "C" not null,
  number int not null,
  person text not null,
  kind text not null,
  body text not null,
  saved_at timestamptz not null default clock_timestamp(),
  constraint a_draft_is_kept_once primary key (order_id, number, person, kind),
  constraint a_draft_is_of_a_case foreign key (order_id, number) references dispute_case (order_id, number)
);

-- Who looks at a case now, and who writes. Lost with a crash, and rightly so.
create unlogged table case_presence (
  order_id text collate "C" not null,
  number int not null,
  session uuid not null,
  person text not null,
  editing boolean not null,
  seen_at timestamptz not null default clock_timestamp(),
  constraint a_session_is_in_a_case_once primary key (order_id, number, session)
);

-- What may happen to a case: in which of its stages, and who holds it then. src/case/law.rs says the same, a test compares.
create table case_rule (
  what text constraint a_case_rule_stands_once primary key,
  stages text[] not null,
  -- nobody, me, other, free (nobody or me), any.
  holder text not null,
  -- Only a change of this kind makes a proposal out of date.
  matters boolean not null
);
insert into case_rule values
  ('claimed', '{working,proposed,decided}', 'nobody', false),
  ('taken', '{working,proposed,decided}', 'other', false),
  ('released', '{working,proposed,decided}', 'me', false),
  ('handed_over', '{working,proposed,decided}', 'me', false),
  ('classified', '{working}', 'free', true),
  ('checked', '{working}', 'free', false),
  ('unchecked', '{working}', 'free', false),
  ('noted', '{working,proposed,decided,closed}', 'any', false),
  ('messaged', '{working,proposed,decided}', 'free', false),
  ('asked', '{working}', 'free', false),
  ('answered', '{working,proposed}', 'any', true),
  ('resumed', '{working}', 'free', false),
  ('attached', '{working,proposed,decided}', 'any', true),
  ('proposed', '{working}', 'free', false),
  ('retracted', '{proposed}', 'any', false),
  ('rejected', '{proposed}', 'any', false),
  ('closed', '{working}', 'free', false);

-- The row of a case, and nobody else's turn at it until this transaction ends.
create function case_locked(of text, which int) returns dispute_case language sql security definer set search_path = public, pg_temp as $$
  select * from dispute_case where order_id = of and number = which for update
$$;

create function case_event_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare it dispute_case; rule case_rule; holder text; known text := '';
begin
  if new.recorder <> session_user then
    perform person_speaks(new.recorder);
  end if;
  it := case_locked(new.order_id, new.number);
  if it.order_id is null then
    perform refuse('an_event_is_of_a_case', 'there is no such case');
  end if;
  if new.seq is not null and new.seq <> it.seq + 1 then
    perform refuse('a_case_goes_on_once_per_event', 'the case is at event ' || it.seq);
  end if;
  new.seq := it.seq + 1;
  new.login := session_user;
  new.at := clock_timestamp();
  new.xid := pg_current_xact_id();
  new.epoch := (select max(number) from epoch);
  new.id := case_event_number();
  select * into rule from case_rule where what = new.what;
  -- What follows from something else is written by what it follows from.
  if current_user = 'recourse_owner' then return new; end if;
  if rule.what is null then
    perform refuse('only_what_is_done_is_written', 'nobody writes ' || new.what || ': it follows from something else');
  end if;
  if not it.stage = any(rule.stages) then
    perform refuse('a_case_is_worked_on_in_order', 'the case is ' || it.stage);
  end if;
  if it.owner is not null and (it.lease_until is null or it.lease_until > new.at) then
    holder := case when it.owner = new.recorder then 'me' else 'other' end;
  else
    holder := 'nobody';
  end if;
  if not (rule.holder = 'any' or rule.holder = holder or (rule.holder = 'free' and holder in ('nobody', 'me'))) then
    perform refuse('a_case_is_in_one_hand', case holder when 'other' then it.owner || ' has it' when 'me' then new.recorder || ' has it already'
      else 'nobody has it' end);
  end if;
  if new.what = 'rejected' and exists (select from case_event e where e.order_id = new.order_id and e.number = new.number and e.what = 'proposed'
    and e.recorder = new.recorder and e.seq = (select max(seq) from case_event l where l.order_id = new.order_id and l.number = new.number and l.what = 'proposed')) then
    perform refuse('nobody_rejects_their_own_decision', new.recorder || ' proposed it, and can take it back');
  end if;
  if new.what = 'retracted' and not exists (select from case_event e where e.order_id = new.order_id and e.number = new.number and e.what = 'proposed'
    and e.recorder = new.recorder and e.seq = (select max(seq) from case_event l where l.order_id = new.order_id and l.number = new.number and l.what = 'proposed')) then
    perform refuse('a_proposal_is_taken_back_by_who_made_it', 'somebody else proposed it');
  end if;
  if new.what = 'closed' and exists (select from orders where id = new.order_id and status in ('dispute', 'disputed', 'dispute_resolved')) then
    perform refuse('a_dispute_is_closed_by_its_order', 'the order is in dispute: the case closes when it is completed');
  end if;
  return new;
end $$;

-- The next number of the feed.
create function case_event_number() returns bigint language sql security definer set search_path = public, pg_temp as $$
  select nextval('transition_id_seq')
$$;

create trigger case_event_seal before insert on case_event for each row execute function case_event_seal();

-- Clocks: begun, ended, held and let go on. What is not in the policy does not run.
create function clock_begin(of text, which int, clock text, since timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare rule jsonb := policy()->'clocks'->clock; hours jsonb;
begin
  if rule is null then return; end if;
  hours := case when (rule->>'business')::boolean then policy()->'hours' end;
  insert into case_clock (order_id, number, name, due_at) values (of, which, clock, business_add(since, (rule->>'seconds')::bigint, hours))
    on conflict (order_id, number, name) do update set due_at = excluded.due_at, rest = null, ended_at = null;
end $$;

create function clock_turn(of text, which int, clocks text[], how text, now timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare it case_clock; hours jsonb;
begin
  for it in select * from case_clock where order_id = of and number = which and name = any(clocks) and ended_at is null loop
    hours := case when (policy()->'clocks'->it.name->>'business')::boolean then policy()->'hours' end;
    if how = 'end' then
      update case_clock set ended_at = now where order_id = of and number = which and name = it.name;
    -- What is over already is over: nobody's waiting makes it better.
    elsif how = 'hold' and it.rest is null and it.due_at > now then
      update case_clock set rest = business_between(now, it.due_at, hours), due_at = null where order_id = of and number = which and name = it.name;
    elsif how = 'go on' and it.rest is not null then
      update case_clock set due_at = business_add(now, it.rest, hours), rest = null
        where order_id = of and number = which and name = it.name;
    end if;
  end loop;
end $$;

-- Moves the projection: stage, owner, lease, clocks.
create function case_event_project() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare it dispute_case; first case_clock; lease interval := make_interval(secs => coalesce((policy()->>'lease')::int, 3600));
  levels jsonb := policy()->'escalate';
begin
  select * into it from dispute_case where order_id = new.order_id and number = new.number;
  it.seq := new.seq;
  if (select matters from case_rule where what = new.what) then it.matter := new.seq; end if;
  case new.what
    when 'claimed', 'taken' then it.owner := new.recorder;
    when 'handed_over' then it.owner := new.person;
    when 'released', 'returned' then it.owner := null;
    when 'classified' then
      it.reason := coalesce(new.reason, it.reason);
      it.claimed := coalesce(new.claimed, it.claimed);
    when 'asked' then
      perform clock_turn(it.order_id, it.number, '{decision}', 'hold', new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer}', 'end', new.at);
      perform clock_begin(it.order_id, it.number, new.party || '_answer', new.at);
      it.waiting := new.party;
      it.answered_at := coalesce(it.answered_at, new.at);
    when 'messaged' then
      perform clock_turn(it.order_id, it.number, '{first_answer}', 'end', new.at);
      it.answered_at := coalesce(it.answered_at, new.at);
    when 'answered' then
      if it.waiting = new.party then
        it.waiting := null;
        perform clock_turn(it.order_id, it.number, array[new.party || '_answer'], 'end', new.at);
        perform clock_turn(it.order_id, it.number, '{decision}', 'go on', new.at);
      end if;
    when 'resumed' then
      it.waiting := null;
      perform clock_turn(it.order_id, it.number, '{buyer_answer,seller_answer}', 'end', new.at);
      perform clock_turn(it.order_id, it.number, '{decision}', 'go on', new.at);
    when 'proposed' then
      it.stage := 'proposed';
      it.waiting := null;
      perform clock_turn(it.order_id, it.number, '{buyer_answer,seller_answer}', 'end', new.at);
      perform clock_turn(it.order_id, it.number, '{decision}', 'go on', new.at);
    when 'retracted', 'rejected' then it.stage := 'working';
    when 'decided' then
      it.stage := 'decided';
      it.waiting := null;
      -- It was decided when the order was, whenever that was written down.
      it.reason := coalesce((select d.reason from decision d where d.order_id = new.order_id), it.reason);
      it.decided_at := coalesce((select decided_at from decision where order_id = new.order_id), new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer,decision}', 'end', new.at);
      perform clock_begin(it.order_id, it.number, 'payout', new.at);
    when 'closed' then
      it.stage := 'closed';
      it.waiting := null;
      it.closed_at := coalesce((select t.happened_at from transition t where t.order_id = new.order_id and t.to_status in ('completed', 'cancelled')
        and t.happened_at >= it.opened_at order by t.seq desc limit 1), new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer,decision,payout}', 'end', new.at);
    when 'escalated' then it.level := new.level;
    else null;
  end case;
  -- Whoever does something to a case that nobody has, has it; a proposal and a payout are worked on by several.
  if it.owner is null and (select holder from case_rule where what = new.what) = 'free' and it.stage in ('working', 'proposed') and new.what <> 'closed' then
    it.owner := new.recorder;
  end if;
  -- A case that is untouched goes back; one that waits for somebody is not untouched.
  if it.owner is null or it.stage <> 'working' or it.waiting is not null then
    it.lease_until := null;
  elsif it.lease_until is null or new.recorder = it.owner or new.what = 'handed_over' then
    it.lease_until := new.at + lease;
  end if;
  select * into first from case_clock c where c.order_id = it.order_id and c.number = it.number and c.ended_at is null and c.due_at is not null
    order by c.due_at, c.name limit 1;
  if (first.name, first.due_at) is distinct from (it.clock, it.due_at) then
    it.level := 0;
  end if;
  it.clock := first.name;
  it.due_at := first.due_at;
  it.escalate_at := case when first.name is not null and it.level < jsonb_array_length(levels)
    then first.due_at + make_interval(secs => (levels->>(it.level::int))::bigint) end;
  update dispute_case set seq = it.seq, matter = it.matter, stage = it.stage, waiting = it.waiting, reason = it.reason, claimed = it.claimed,
    owner = it.owner, lease_until = it.lease_until, clock = it.clock, due_at = it.due_at,
    rank = case when it.stage = 'closed' then - micros(it.closed_at) else coalesce(micros(it.due_at), 253370764800000000) end, level = it.level, escalate_at = it.escalate_at,
    answered_at = it.answered_at, decided_at = it.decided_at, closed_at = it.closed_at
  where order_id = it.order_id and number = it.number;
  return null;
end $$;
create trigger case_event_project after insert on case_event for each row execute function case_event_project();

-- What an event says was written is there when its transaction ends.
create function case_event_whole() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not (case
    when new.what = 'noted' then exists (select from case_note n where (n.order_id, n.number, n.seq) = (new.order_id, new.number, new.seq))
    when new.what in ('messaged', 'asked', 'answered') then
      exists (select from case_message m where (m.order_id, m.number, m.seq) = (new.order_id, new.number, new.seq))
    when new.what = 'attached' then exists (select from case_file f where (f.order_id, f.number, f.seq) = (new.order_id, new.number, new.seq))
    when new.what = 'proposed' then exists (select from case_proposal p where (p.order_id, p.number, p.seq) = (new.order_id, new.number, new.seq))
    else true end) then
    perform refuse('an_event_has_what_it_says', 'what was ' || new.what || ' is not there');
  end if;
  return null;
end $$;
create constraint trigger case_event_whole after insert on case_event deferrable initially deferred
  for each row execute function case_event_whole();

-- What the proposer has seen is what the database knows they could see.
create function case_proposal_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare it dispute_case := case_locked(new.order_id, new.number);
begin
  new.matter := it.matter;
  if new.total <> it.amount then
    perform refuse('what_is_proposed_sums_to_the_held_amount', 'the order holds ' || it.amount);
  end if;
  if not exists (select from orders where id = new.order_id and status = 'disputed' and version = new.order_version) then
    perform refuse('only_what_is_disputed_is_decided', 'the order is not at Disputed, or has moved');
  end if;
  return new;
end $$;
create trigger case_proposal_seal before insert on case_proposal for each row execute function case_proposal_seal();

-- The phone numbers in names: seven digits and more in a row, the last ten of them.
create function phones_of(name text) returns text[] language sql immutable set search_path = pg_catalog as $$
  select coalesce(array_agg(distinct right(found[1], 10)), '{}')
  from regexp_matches(regexp_replace(name, '[ ().-]', '', 'g'), '[0-9]{7,15}', 'g') found
$$;

-- Opens a case; fails where one is open. By hand for any order, and by itself where a dispute begins.
create function case_open(of text, by text, since timestamptz, why text) returns int
language plpgsql security definer set search_path = public, pg_temp as $$
declare born orders; last int;
begin
  perform person_speaks(by);
  select * into born from orders where id = of;
  if not found then
    perform refuse('a_case_is_of_an_order', 'there is no such order');
  end if;
  select coalesce(max(number), 0) into last from dispute_case where order_id = of;
  insert into dispute_case (order_id, number, currency, amount, merchant, buyer, seller, phones, opened_at, opened_by, reopened)
    values (of, last + 1, born.currency, born.amount, born.merchant, born.buyer, born.seller,
      phones_of(born.buyer) || phones_of(born.seller), since, by, last > 0);
  perform clock_begin(of, last + 1, 'first_answer', since);
  perform clock_begin(of, last + 1, 'decision', since);
  insert into case_event (order_id, number, what, words, recorder) values (of, last + 1, 'opened', why, by);
  return last + 1;
end $$;

-- What follows from a move of an order: a case is opened, decided, or closed; what is to be paid, is or was paid.
create function case_follow(moved transition, by text, judged boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare held dispute_case; asked case_proposal; asker case_event; most bigint; stands boolean := false; approved boolean := false; owed payout;
begin
  select * into held from dispute_case where order_id = moved.order_id and open for update;
  if moved.to_status in ('dispute', 'disputed') or (moved.to_status = 'dispute_resolved' and held.order_id is null) then
    if held.order_id is null then
      perform case_open(moved.order_id, by, moved.happened_at, null);
      select * into held from dispute_case where order_id = moved.order_id and open for update;
    end if;
  end if;
  if moved.to_status = 'dispute_resolved' then
    select * into asked from case_proposal p where p.order_id = moved.order_id and p.number = held.number order by p.seq desc limit 1;
    if found then
      select * into asker from case_event e where (e.order_id, e.number, e.seq) = (asked.order_id, asked.number, asked.seq);
      stands := moved.action = 'settle' and held.stage = 'proposed' and asked.order_version = moved.seq - 1 and asked.matter = held.matter
        and (asked.to_seller, asked.to_buyer) = (moved.to_seller, moved.to_buyer);
      approved := stands and asker.recorder <> moved.recorder;
    end if;
    if moved.action = 'settle' and moved.source = 'console' and judged then
      most := (policy()->'limits'->>held.currency)::bigint;
      if most is not null and moved.total > most and not approved then
        perform refuse('a_large_decision_is_approved', 'more than ' || held.currency || ' ' || to_char(most / 100.0, 'FM999,999,999,999,990.00')
          || ' is proposed by one person and approved by another, as order and case stand now: recourse case decide, then recourse case approve');
      end if;
      if held.stage = 'proposed' and not stands then
        perform refuse('a_case_is_worked_on_in_order', 'another decision waits for approval: it is approved, sent back or taken back first');
      end if;
      if not approved and held.owner <> moved.recorder and (held.lease_until is null or held.lease_until > clock_timestamp()) then
        perform refuse('a_case_is_in_one_hand', held.owner || ' has it');
      end if;
      if approved and exists (select from person) and not exists (select from person where login = moved.recorder and role = 'lead') then
        perform refuse('only_a_lead_approves', moved.recorder || ' is not a lead');
      end if;
    end if;
    insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, proposal_seq, reason, rationale, say_seller,
      say_buyer, decided_by, decided_login, proposed_by, proposed_login, approved_by, approved_login, decided_at)
    values (moved.order_id, held.number, moved.seq, case when moved.action = 'withdraw' then 'withdrawn' when moved.source = 'console' then 'settled' else 'reported' end,
      held.currency, moved.total, moved.to_seller, moved.to_buyer, case when stands then asked.seq end,
      case when stands then asked.reason else coalesce(moved.reason, held.reason) end, case when stands then asked.rationale else moved.note end,
      case when stands then asked.say_seller end, case when stands then asked.say_buyer end, moved.recorder, moved.login,
      case when stands then asker.recorder end, case when stands then asker.login end,
      case when approved then moved.recorder end, case when approved then moved.login end, moved.happened_at);
    insert into payout (order_id, party, currency, amount)
      select moved.order_id, p.party, held.currency, p.amount from (values ('seller', moved.to_seller), ('buyer', moved.to_buyer)) p (party, amount) where p.amount > 0;
    insert into case_event (order_id, number, what, recorder) values (moved.order_id, held.number, 'decided', by);
  elsif moved.to_status in ('completed', 'cancelled') then
    if moved.from_status = 'dispute_resolved' then
      for owed in select * from payout where order_id = moved.order_id and state <> 'confirmed' loop
        -- A person's word does not heal what failed; the provider's own does.
        if owed.state = 'failed' and moved.source = 'console' then
          perform refuse('an_order_is_completed_when_its_money_moved', 'the payout to the ' || owed.party || ' failed: reopen it first');
        end if;
        insert into payout_event (order_id, party, seq, what, reference, recorder)
          values (owed.order_id, owed.party, owed.seq + 1, 'confirmed', coalesce(nullif(btrim(moved.reference), ''), 'the provider: completed'), by);
      end loop;
    end if;
    if held.order_id is not null then
      insert into case_event (order_id, number, what, recorder) values (moved.order_id, held.number, 'closed', by);
    end if;
  end if;
end $$;

create function transition_then_case() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare moved transition;
begin
  for moved in select * from fresh where provider = 'atarapay' and from_status <> to_status
    and to_status in ('dispute', 'disputed', 'dispute_resolved', 'completed', 'cancelled') order by order_id, seq loop
    perform case_follow(moved, moved.recorder, true);
  end loop;
  return null;
end $$;
create trigger transition_then_case after insert on transition referencing new table as fresh
  for each statement execute function transition_then_case();

-- The row of a payout, and nobody else's turn at it.
create function payout_locked(of text, whose text) returns payout language sql security definer set search_path = public, pg_temp as $$
  select * from payout where order_id = of and party = whose for update
$$;

create function payout_event_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
declare it payout;
begin
  perform person_speaks(new.recorder);
  -- Case first, then payout: everybody takes them in the same order.
  perform case_locked(new.order_id, (select number from decision where order_id = new.order_id));
  it := payout_locked(new.order_id, new.party);
  if it.order_id is null then
    perform refuse('a_payout_event_is_of_a_payout', 'there is no such payout');
  end if;
  new.login := session_user;
  new.at := clock_timestamp();
  if it.state = 'confirmed' then
    perform refuse('a_payout_is_confirmed_once', 'it was confirmed as ' || it.reference);
  end if;
  if new.seq <> it.seq + 1 then
    perform refuse('a_payout_goes_on_once_per_event', 'the payout is at event ' || it.seq);
  end if;
  if not (case new.what when 'sent' then it.state = 'pending' when 'reopened' then it.state = 'failed' when 'failed' then it.state in ('pending', 'sent')
    else it.state in ('pending', 'sent') or current_user = 'recourse_owner' end) then
    perform refuse('a_payout_goes_its_way', 'it is ' || it.state);
  end if;
  return new;
end $$;
create trigger payout_event_seal before insert on payout_event for each row execute function payout_event_seal();

create function payout_event_project() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update payout set seq = new.seq, state = case new.what when 'reopened' then 'pending' else new.what end,
    reference = case when new.what = 'reopened' then null else coalesce(new.reference, reference) end
  where order_id = new.order_id and party = new.party;
  insert into case_event (order_id, number, what, party, words, item, recorder)
    select new.order_id, d.number, 'payout', new.party, concat_ws(': ', new.what, new.words), new.reference, new.recorder from decision d where d.order_id = new.order_id;
  return null;
end $$;
create trigger payout_event_project after insert on payout_event for each row execute function payout_event_project();

-- An order that was in dispute is completed when what was paid is what was decided: looked at when the transaction ends.
create function completion_is_paid() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from decision d, (select coalesce(sum(amount) filter (where party = 'seller'), 0) as seller,
      coalesce(sum(amount) filter (where party = 'buyer'), 0) as buyer from payout where order_id = new.order_id and state = 'confirmed') paid
    where d.order_id = new.order_id and (d.to_seller <> paid.seller or d.to_buyer <> paid.buyer)) then
    perform refuse('an_order_is_completed_when_its_money_moved', 'what was paid is not what was decided');
  end if;
  return null;
end $$;
create constraint trigger completion_is_paid after insert on transition deferrable initially deferred
  for each row when (new.to_status = 'completed' and new.from_status = 'dispute_resolved') execute function completion_is_paid();

-- Gives back what was left untouched, and writes down what ran out. Any number may sweep; each case is swept once.
create function case_sweep(by text, most int) returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare it dispute_case; swept int := 0;
begin
  perform person_speaks(by);
  for it in select * from dispute_case where lease_until < clock_timestamp() order by lease_until limit most for update skip locked loop
    insert into case_event (order_id, number, what, words, recorder) values (it.order_id, it.number, 'returned', it.owner || ' did nothing to it', by);
    swept := swept + 1;
  end loop;
  for it in select * from dispute_case where escalate_at < clock_timestamp() order by escalate_at limit most for update skip locked loop
    insert into case_event (order_id, number, what, clock, level, recorder) values (it.order_id, it.number, 'escalated', it.clock, it.level + 1, by);
    swept := swept + 1;
  end loop;
  return swept;
end $$;

-- Takes the most urgent case that nobody has; none where there is none.
create function case_take_next(by text, only_reason text) returns table (order_id text, number int)
language plpgsql security definer set search_path = public, pg_temp as $$
declare it dispute_case;
begin
  perform person_speaks(by);
  select c.* into it from dispute_case c where c.queue = 'working' and c.owner is null and (only_reason is null or c.reason = only_reason)
    order by c.rank, - c.amount, c.order_id, c.number limit 1 for update skip locked;
  if it.order_id is null then return; end if;
  insert into case_event (order_id, number, what, recorder) values (it.order_id, it.number, 'claimed', by);
  return query select it.order_id, it.number;
end $$;

-- A draft of whoever has the case is work on it.
create function case_draft_seal() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.person);
  new.saved_at := clock_timestamp();
  update dispute_case set lease_until = new.saved_at + make_interval(secs => coalesce((policy()->>'lease')::int, 3600))
    where order_id = new.order_id and number = new.number and owner = new.person and lease_until is not null;
  return new;
end $$;
create trigger case_draft_seal before insert or update on case_draft for each row execute function case_draft_seal();

create function case_presence_seal() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
  perform person_speaks(new.person);
  new.seen_at := clock_timestamp();
  return new;
end $$;
create trigger case_presence_seal before insert or update on case_presence for each row execute function case_presence_seal();

-- Lets a session write in a case: one person at a time, unless they take over. Whoever was not seen for a while does not write.
create function case_edit(of text, which int, mine uuid, by text, take boolean) returns boolean
language plpgsql set search_path = public, pg_temp as $$
declare may boolean;
begin
  perform pg_advisory_xact_lock(hashtext('recourse edit'), hashtext(of));
  may := take or not exists (select from case_presence where order_id = of and number = which and session <> mine and editing
    and person <> by and seen_at > clock_timestamp() - interval '20 seconds');
  if may then
    update case_presence set editing = false where order_id = of and number = which and session <> mine and editing;
  end if;
  insert into case_presence (order_id, number, session, person, editing) values (of, which, mine, by, may)
    on conflict (order_id, number, session) do update set editing = excluded.editing;
  return may;
end $$;

do $$
declare name text; guarded text[] := array['case_event', 'case_note', 'case_message', 'case_file', 'case_proposal', 'decision', 'payout_event'];
begin
  foreach name in array guarded loop
    execute format('create trigger %I before update or delete on %I for each row execute function never()', name || 's_stay', name);
    execute format('create trigger %I before truncate on %I for each statement execute function never()', name || 's_are_never_emptied', name);
  end loop;
  foreach name in array array['dispute_case', 'payout'] loop
    execute format('create trigger %I before delete on %I for each row execute function never()', name || 's_stay', name);
    execute format('create trigger %I before truncate on %I for each statement execute function never()', name || 's_are_never_emptied', name);
  end loop;
end $$;

-- Where a row is read with what stands beside it.
create view case_seen as
  select c.order_id, c.number, c.currency, c.amount, c.merchant, c.buyer, c.seller, c.opened_at, c.opened_by, c.seq, c.matter, c.stage, c.waiting,
    c.queue, c.reason, c.claimed, c.owner, c.lease_until, c.clock, shown(c.due_at) as due_at, c.rank, c.level, c.reopened,
    c.answered_at, c.decided_at, c.closed_at, o.status, o.version
  from dispute_case c join orders o on o.id = c.order_id;

-- As before, and who has its open case, and by when.
create or replace view order_seen as
  select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, shown(o.opened_at) as opened_at, o.status, o.version, o.authorised,
    o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer,
    shown(o.entered_at) as entered_at, shown(o.moved_at) as moved_at, shown(o.due_at) as due_at, o.unconfirmed::bigint as unconfirmed,
    (select count(*) from quarantine q where q.order_id = o.id and q.state = 'waiting') as quarantined,
    c.owner as case_owner, shown(c.due_at) as case_due_at
  from orders o left join dispute_case c on c.order_id = o.id and c.open;

revoke execute on function case_locked(text, int), payout_locked(text, text), clock_begin(text, int, text, timestamptz),
  clock_turn(text, int, text[], text, timestamptz), case_open(text, text, timestamptz, text), case_follow(transition, text, boolean),
  case_sweep(text, int), case_take_next(text, text), case_event_number() from public;
grant execute on function case_locked(text, int), payout_locked(text, text), case_open(text, text, timestamptz, text), case_sweep(text, int),
  case_take_next(text, text), case_event_number() to recourse_writer;
grant select on desk_policy, dispute_case, case_event, case_note, case_message, case_file, case_proposal, decision, payout, payout_event, case_clock,
  case_draft, case_presence, case_rule, case_seen to recourse_writer, recourse_reader;
grant insert (number, body, source, recorder) on desk_policy to recourse_writer;
grant insert (order_id, number, seq, what, party, person, words, reason, claimed, item, recorder, request_id, request_digest) on case_event to recourse_writer;
grant insert (order_id, number, seq, what, body) on case_note to recourse_writer;
grant insert (order_id, number, seq, what, body) on case_message to recourse_writer;
grant insert (order_id, number, seq, what, name, kind, facts, size, digest, content) on case_file to recourse_writer;
grant insert (order_id, number, seq, what, order_version, total, to_seller, to_buyer, reason, rationale, say_seller, say_buyer) on case_proposal to recourse_writer;
grant insert (order_id, party, seq, what, reference, words, recorder, request_id) on payout_event to recourse_writer;
grant insert (order_id, number, person, kind, body) on case_draft to recourse_writer;
grant update (body) on case_draft to recourse_writer;
grant delete on case_draft to recourse_writer;
grant insert (order_id, number, session, person, editing) on case_presence to recourse_writer;
grant update (editing, seen_at) on case_presence to recourse_writer;
grant delete on case_presence to recourse_writer;

-- The policy the program comes with: assets/desk.toml.
insert into desk_policy (number, body, source, recorder) values (1, $json${
  "lease": 7200,
  "file_limit": 5242880,
  "escalate": [0, 86400],
  "presets": [50, 70, 30],
  "limits": {"NGN": 100000000, "USD": 100000},
  "hours": {"zone": "Africa/Lagos", "days": [1, 2, 3, 4, 5], "from": 480, "to": 1080, "holidays": []},
  "clocks": {
    "buyer_answer": {"seconds": 259200, "business": false, "then": "the case is escalated: decide with what you have, or ask again"},
    "decision": {"seconds": 180000, "business": true, "then": "the case is escalated: a decision is late"},
    "first_answer": {"seconds": 14400, "business": true, "then": "the case is escalated: no first answer yet"},
    "payout": {"seconds": 36000, "business": true, "then": "the case is escalated: the payout is late"},
    "seller_answer": {"seconds": 259200, "business": false, "then": "the case is escalated: decide with what you have, or ask again"}},
  "reasons": [
    {"code": "not_delivered", "title": "not delivered", "checklist": ["proof of delivery from the courier", "buyer's statement of where they were", "tracking history"], "retired": false},
    {"code": "not_as_described", "title": "not as described", "checklist": ["listing at the time of sale", "photos of the item received", "seller's answer"], "retired": false},
    {"code": "damaged", "title": "damaged", "checklist": ["photos of the damage", "photos of the packaging", "courier's report", "seller's answer"], "retired": false},
    {"code": "wrong_item", "title": "wrong item", "checklist": ["listing at the time of sale", "photos of the item received", "packing slip"], "retired": false},
    {"code": "missing_parts", "title": "missing parts", "checklist": ["list of missing parts", "photos of the item received", "packing slip"], "retired": false},
    {"code": "return_refused", "title": "return refused", "checklist": ["proof of the return shipment", "seller's reason for refusing", "photos of the returned item"], "retired": false},
    {"code": "other", "title": "other", "checklist": ["the complaint in one sentence"], "retired": false}],
  "macros": [
    {"name": "ask for photos", "to": "buyer", "text": "Please send us photos of the item and the packaging you received for order {order}. We need them to decide fairly about {amount}."},
    {"name": "ask for the seller's side", "to": "seller", "text": "The buyer rejected order {order}. Reason: {reason}. Please tell us your side and send us proof. We hold {amount} until this is decided."},
    {"name": "we are looking into it", "to": "buyer", "text": "We have received your complaint about order {order}. We hold {amount} safely until it is decided. We will write to you again soon."}]
}$json$, '', session_user);

-- The disputes there were before there were cases: as if each had been followed from its beginning.
do $$
declare moved transition;
begin
  for moved in select t.* from transition t where t.provider = 'atarapay' and t.from_status <> t.to_status
    and (t.to_status in ('dispute', 'disputed', 'dispute_resolved') or (t.to_status = 'completed' and t.from_status = 'dispute_resolved'))
    order by t.order_id, t.seq loop
    perform case_follow(moved, session_user, false);
  end loop;
end $$;
reset role;
