-- Decisions and payouts. A decision comes from a transition to Dispute Resolved, never from a statement of its own.

set local role recourse_owner;

-- References that look the same are the same: letters of either case, with any blanks between words.
create function same_reference(said text) returns text language sql immutable return lower(regexp_replace(btrim(said), '[[:space:]]+', ' ', 'g'));

-- A proposed decision, and what its author had seen.
create table case_proposal (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  what text not null default 'proposed' constraint case_proposal_kind check (what = 'proposed'),
  order_version int not null,
  material_event int not null default 0,
  total bigint not null,
  to_seller bigint not null,
  to_buyer bigint not null,
  reason text not null constraint case_proposal_reason_is_code check (reason ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}$'),
  rationale text constraint case_proposal_has_rationale check (says(rationale)),
  say_seller text constraint case_proposal_has_seller_text check (says(say_seller)),
  say_buyer text constraint case_proposal_has_buyer_text check (says(say_buyer)),
  constraint case_proposal_unique primary key (order_id, number, seq),
  constraint case_proposal_event_exists foreign key (order_id, number, seq, what) references case_event (order_id, number, seq, what),
  constraint case_proposal_texts_short check (octet_length(concat(reason, rationale, say_seller, say_buyer)) <= 60000),
  constraint case_proposal_sums_to_held check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total)
);

-- The decision of an order's dispute. There is one dispute and one decision for each order.
create table decision (
  order_id text collate "C" constraint decision_unique primary key,
  number int not null,
  transition_seq int not null,
  -- Settled here, withdrawn by a party, or reported by the provider.
  basis text not null constraint decision_basis_known check (basis in ('settled', 'withdrawn', 'reported')),
  currency text not null,
  total bigint not null,
  to_seller bigint not null,
  to_buyer bigint not null,
  proposal_seq int,
  reason text,
  rationale text,
  say_seller text,
  say_buyer text,
  -- Whom the law says it comes from: the desk, a party who withdrew, or the provider.
  decided_actor text not null,
  decided_by text not null,
  decided_login text not null,
  proposed_by text,
  proposed_login text,
  approved_by text,
  approved_login text,
  decided_at moment not null,
  constraint decision_case_exists foreign key (order_id, number) references dispute_case (order_id, number),
  constraint decision_transition_exists foreign key (order_id, transition_seq) references transition (order_id, seq),
  constraint decision_sums_to_held check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total),
  -- By person and by login, so that nobody approves under another name.
  constraint decision_approved_by_other check (approved_by is null or (proposed_by is not null
    and approved_by <> proposed_by and approved_login <> proposed_by and approved_by <> proposed_login))
);

-- What is paid to each party of a decision.
create table payout (
  order_id text collate "C" not null constraint payout_decision_exists references decision (order_id),
  party text not null constraint payout_party_known check (party in ('buyer', 'seller')),
  currency text not null,
  amount bigint not null constraint payout_amount_positive check (amount > 0),
  seq int not null default 0,
  state text not null default 'pending' constraint payout_state_known check (state in ('pending', 'sent', 'confirmed', 'failed', 'returned')),
  reference text,
  constraint payout_unique primary key (order_id, party),
  constraint payout_confirmed_has_reference check (state <> 'confirmed' or coalesce(says(reference), false))
);
create index payout_open on payout (state) where state <> 'confirmed';

create trigger case_proposal_texts after insert on case_proposal for each row
  execute function order_texts('w rationale', 'g say_seller', 'g say_buyer');

create table payout_event (
  order_id text collate "C" not null,
  party text not null,
  seq int not null,
  what text not null constraint payout_event_known check (what in ('sent', 'confirmed', 'failed', 'returned', 'reopened')),
  reference text,
  -- One transfer that pays several, so that its reference occurs several times.
  collective boolean not null default false,
  words text,
  -- The provider, if it told of it; otherwise the person who recorded it.
  actor text,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  request_id uuid,
  request_digest bytea,
  constraint payout_event_request_has_digest check ((request_id is null) = (request_digest is null)),
  constraint payout_event_unique primary key (order_id, party, seq),
  constraint payout_event_payout_exists foreign key (order_id, party) references payout (order_id, party),
  constraint payout_event_confirmed_has_reference check (what <> 'confirmed' or coalesce(says(reference), false)),
  -- Banks use plain letters: two references that look the same are the same.
  constraint payout_event_reference_printable check (is_seen(reference) and (coalesce(actor, '') = 'provider' or reference ~ '^[ -~]+$')),
  constraint payout_event_texts_short check (octet_length(concat(reference, words)) <= 20000),
  constraint payout_event_failed_says_why check (what not in ('failed', 'returned') or says(words))
);
create trigger payout_event_texts after insert on payout_event for each row
  when (new.reference is not null or new.words is not null) execute function order_texts('r reference', 'n words');

create index payout_reference on payout_event (split_part(order_id, ':', 1), same_reference(reference)) where what in ('sent', 'confirmed');
-- A payment is one transfer: its reference pays one party of one order.
create unique index payout_event_reference_once on payout_event (split_part(order_id, ':', 1), same_reference(reference)) where what = 'confirmed' and not collective;

create unique index payout_event_request_unique on payout_event (order_id, request_id) where request_id is not null;

-- The database itself records what the author of a proposal could have seen.
create function case_proposal_seal() returns trigger language plpgsql as $$
declare it dispute_case := case_locked(new.order_id, new.number);
begin
  new.material_event := it.material_event;
  if not is_reason(new.reason) then
    perform refuse('case_event_reason_of_policy', new.reason);
  end if;
  if new.total <> it.amount then
    perform refuse('case_proposal_sums_to_held', 'the order holds ' || it.amount);
  end if;
  if not exists (select from orders where id = new.order_id and provider = 'atarapay' and status = 'disputed' and version = new.order_version) then
    perform refuse('case_proposal_order_disputed', 'the order is not at Disputed, or has moved');
  end if;
  return new;
end $$;
create trigger case_proposal_has_words before insert on case_proposal for each row
  when (new.rationale is null or new.say_seller is null or new.say_buyer is null) execute function has_words('case_proposal_has_rationale');
create trigger case_proposal_seal before insert on case_proposal for each row execute function case_proposal_seal();

-- Opens a case by what happened to its order.
create function case_begin(of text, whose text, by text, since timestamptz, why text, request uuid, digest bytea) returns int
language plpgsql security definer as $$
declare last int;
begin
  if by <> '' or whose is distinct from 'clock' then
    perform acts_as(by);
  end if;
  if not order_locked(of) then
    perform refuse('dispute_case_order_exists', 'there is no such order');
  end if;
  select coalesce(max(number), 0) into last from dispute_case where order_id = of;
  insert into case_event (order_id, number, what, words, actor, recorder, request_id, request_digest, at)
    values (of, last + 1, 'opened', why, whose, by, request, digest, since);
  return last + 1;
end $$;

-- Opens a case for a person; fails if one is open.
create function case_open(of text, by text, why text, request uuid, digest bytea) returns int
language plpgsql security definer as $$
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'open');
  return case_begin(of, null, by, clock_timestamp(), why, request, digest);
end $$;

-- When it was first told: what waited in quarantine, before it was recorded.
create function first_told(moved transition) returns timestamptz language sql stable
  return coalesce((select min(q.received_at) from quarantine q where q.order_id = moved.order_id and q.state = 'applied' and q.settled_xid = pg_current_xact_id()
    and q.happened_at = moved.happened_at), moved.recorded_at);

-- What follows from a transition: a case is opened, decided or closed, and payouts become due or are confirmed.
create function case_follow(moved transition) returns void
language plpgsql security definer as $$
declare signer text := case moved.actor when 'clock' then '' else moved.recorder end;
  whose text := coalesce(nullif(moved.actor, 'dispute_manager'), case when moved.source <> 'console' then 'provider' end);
  held dispute_case; asked case_proposal; asker case_event; valid boolean := false; approved boolean := false; limited boolean; owed payout;
begin
  select * into held from dispute_case where order_id = moved.order_id and open for update;
  if moved.to_status in ('dispute', 'disputed') or (moved.to_status = 'dispute_resolved' and held.order_id is null) then
    if held.order_id is null then
      perform case_begin(moved.order_id, whose, signer, moved.happened_at, null, null, null);
      select * into held from dispute_case where order_id = moved.order_id and open for update;
    end if;
  end if;
  if moved.to_status = 'dispute_resolved' then
    select * into asked from case_proposal p where p.order_id = moved.order_id and p.number = held.number order by p.seq desc limit 1;
    if found then
      select * into asker from case_event e where (e.order_id, e.number, e.seq) = (asked.order_id, asked.number, asked.seq);
      valid := held.stage = 'proposed' and asked.order_version = moved.seq - 1 and asked.material_event = held.material_event
        and (asked.to_seller, asked.to_buyer) = (moved.to_seller, moved.to_buyer);
      -- Who records what was reported approves nothing.
      approved := valid and moved.source = 'console' and asker.recorder <> moved.recorder;
    end if;
    limited := needs_approval(held.currency, moved.total);
    if moved.source = 'console' and limited and not approved then
      perform refuse('decision_above_limit_approved', 'more than ' || coalesce(held.currency || ' '
        || to_char((policy()->'limits'->>held.currency)::bigint / 100.0, 'FM999,999,999,999,990.00'), 'nothing')
        || ' needs a proposal that a lead approves: ' || case moved.from_status when 'dispute' then 'record raise_dispute, then ' else '' end
        || 'recourse case decide, then recourse case approve');
    end if;
    -- What is reported is recorded as reported; above the limit, once a lead releases it or a proposal says the same.
    -- A proposal that says the same speaks for it only where services report: a person who releases a fact chooses it.
    -- What was reported before, or waited, is judged by the lead: the proposal could have been made to fit it.
    if moved.source <> 'console' and limited and not (valid and is_intake() and asker.at <= moved.happened_at
        and not exists (select from quarantine q where q.order_id = moved.order_id and (q.why = 'limit' or (q.state = 'applied'
          and q.settled_xid = pg_current_xact_id() and exists (select from jsonb_array_elements(q.readings) r where r->>'action' = moved.action)))))
      and not (releases(moved.order_id) and may(moved.recorder, 'case', 'approve')) then
      perform refuse('decision_above_limit_released', 'more than the limit is decided by what is reported: a lead applies it from quarantine');
    end if;
    if moved.source = 'console' and not approved and held.owner <> moved.recorder
      and (held.lease_until is null or held.lease_until > clock_timestamp()) then
      perform refuse('case_event_by_owner', held.owner || ' has it');
    end if;
    if moved.action = 'settle' and moved.source = 'console' then
      if held.stage = 'proposed' and not valid then
        perform refuse('case_event_in_stage', 'another decision waits for approval: approve it, send it back or withdraw it first');
      end if;
      -- One door to the money: a person decides through the case, with reason, rationale and messages.
      if not valid then
        perform refuse('decision_through_case', 'a person decides through the case: recourse case decide');
      end if;
    end if;
    if approved then
      perform permitted(moved.recorder, 'case', 'approve');
    end if;
    insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, proposal_seq, reason, rationale, say_seller,
      say_buyer, decided_actor, decided_by, decided_login, proposed_by, proposed_login, approved_by, approved_login, decided_at)
    values (moved.order_id, held.number, moved.seq, case when moved.action = 'withdraw' then 'withdrawn' when moved.source = 'console' then 'settled' else 'reported' end,
      held.currency, moved.total, moved.to_seller, moved.to_buyer, case when valid then asked.seq end,
      case when valid then asked.reason else coalesce(moved.reason, held.reason) end, case when valid then asked.rationale else moved.note end,
      case when valid then asked.say_seller end, case when valid then asked.say_buyer end, moved.actor, moved.recorder, moved.login,
      case when valid then asker.recorder end, case when valid then asker.login end,
      case when approved then moved.recorder end, case when approved then moved.login end, moved.happened_at);
    insert into payout (order_id, party, currency, amount)
      select moved.order_id, p.party, held.currency, p.amount from (values ('seller', moved.to_seller), ('buyer', moved.to_buyer)) p (party, amount) where p.amount > 0;
    insert into case_event (order_id, number, what, actor, recorder) values (moved.order_id, held.number, 'decided', whose, signer);
  elsif moved.to_status in ('completed', 'cancelled') then
    -- The other half of one door: while a case is open, a person ends its order through it.
    if moved.to_status = 'completed' and moved.source = 'console' and moved.from_status <> 'dispute_resolved' and held.order_id is not null then
      perform refuse('order_completes_after_case', 'its case is open: recourse case close');
    end if;
    if moved.from_status = 'dispute_resolved' then
      for owed in select * from payout where order_id = moved.order_id and state <> 'confirmed' loop
        -- The provider's word confirms what is still to be paid; a person records each payout.
        if moved.source = 'console' then
          perform refuse('payout_complete_before_order', 'the payout to the ' || owed.party || case owed.state when 'failed' then ' failed: reopen it first'
            when 'returned' then ' came back: reopen it first' else ' is not recorded yet: recourse case payout' end);
        end if;
        if exists (select from decision d where d.order_id = moved.order_id and (moved.happened_at < d.decided_at
            -- What waited before someone decided here, or before the payout failed, said nothing about it. What was told as well, maybe in the
            -- same transaction, was not decided here.
            or first_told(moved) < (select max(e.at) from case_event e join transition t on (t.order_id, t.seq) = (d.order_id, d.transition_seq)
              where e.order_id = d.order_id and e.number = d.number and e.what = 'decided' and d.basis <> 'reported' and t.source = 'console')
            or least(first_told(moved), moved.happened_at) < (select max(e.at) from payout_event e
              where e.order_id = d.order_id and e.party = owed.party and e.what in ('failed', 'returned')))) then
          perform refuse('payout_complete_after_decision', 'it completed before the payout to the ' || owed.party || ' was decided, or before it failed');
        end if;
        insert into payout_event (order_id, party, seq, what, reference, collective, actor, recorder)
          values (owed.order_id, owed.party, owed.seq + 1, 'confirmed', coalesce(nullif(btrim(moved.reference), ''), 'the provider: completed'), true, 'provider', moved.recorder);
      end loop;
    end if;
    if held.order_id is not null then
      insert into case_event (order_id, number, what, actor, recorder) values (moved.order_id, held.number, 'closed', whose, signer);
    end if;
  end if;
end $$;

create function transition_then_case() returns trigger language plpgsql security definer as $$
declare moved transition;
begin
  if not exists (select from fresh where provider = 'atarapay') then
    return null;
  end if;
  for moved in select * from fresh where provider = 'atarapay' and from_status <> to_status
    and to_status in ('dispute', 'disputed', 'dispute_resolved', 'completed', 'cancelled') order by order_id, seq loop
    perform case_follow(moved);
  end loop;
  return null;
end $$;
create trigger transition_then_case after insert on transition referencing new table as fresh
  for each statement execute function transition_then_case();

-- Reads a payout and locks it until the transaction ends.
create function payout_locked(of text, whose text) returns payout language plpgsql security definer as $$
declare it payout;
begin
  perform working_on_cases();
  select * into it from payout where order_id = of and party = whose for update;
  return it;
end $$;

-- The references of payments, so that one transaction at a time looks for what one of them paid.
create table payment_reference (
  provider text not null,
  reference text not null,
  constraint payment_reference_unique primary key (provider, reference)
);

-- What a payment's reference pays at this provider, other than this order and this payout's own sending: a payout of a case, or an
-- order that was completed without one. The caller holds the reference until the end of the transaction.
create function paid_by(book text, said text, but_of text, sent_of text) returns text language plpgsql security definer as $$
declare ref text := same_reference(said); paid text;
begin
  perform working_on_cases();
  insert into payment_reference as r values (book, ref) on conflict on constraint payment_reference_unique do update set reference = r.reference;
  select case e.what when 'sent' then 'was already sent for ' else 'already paid ' end || split_part(e.order_id, ':', 2) || ' to the ' || e.party
    into paid from payout_event e where split_part(e.order_id, ':', 1) = book and same_reference(e.reference) = ref
      and (e.what = 'confirmed' or (e.what = 'sent' and e.order_id || ' ' || e.party <> sent_of)) and e.order_id is distinct from but_of
      order by e.at limit 1;
  if paid is null then
    select 'already paid ' || split_part(t.order_id, ':', 2) into paid from transition t where t.provider = book and same_reference(t.reference) = ref
      and t.action = 'complete' and t.order_id is distinct from but_of
      and not exists (select from decision d where d.order_id = t.order_id) order by t.recorded_at limit 1;
  end if;
  return paid;
end $$;
create index transition_paid_by on transition (provider, same_reference(reference)) where action = 'complete' and reference is not null;

-- A person completes an order with a payment of its own; 'collective' as the reason says that it paid several.
create function transition_pays_once() returns trigger language plpgsql as $$
declare paid text;
begin
  if exists (select from decision where order_id = new.order_id) then
    return new;
  end if;
  paid := paid_by(new.provider, new.reference, new.order_id, '');
  if paid is not null then
    perform refuse('transition_reference_once', btrim(new.reference) || ' ' || paid);
  end if;
  return new;
end $$;
create trigger transition_pays_once before insert on transition for each row
  when (new.action = 'complete' and new.source = 'console' and new.reference is not null and new.reason is distinct from 'collective')
  execute function transition_pays_once();

create function payout_event_seal() returns trigger language plpgsql as $$
declare it payout; paid text;
begin
  perform acts_as(new.recorder);
  if new.what in ('failed', 'returned') and new.words is null then
    perform refuse('payout_event_failed_says_why', new.what || ' needs a reason');
  end if;
  -- Everyone locks the case first and the payout second, so that two sessions never wait for each other.
  perform case_locked(new.order_id, (select number from decision where order_id = new.order_id));
  it := payout_locked(new.order_id, new.party);
  if it.order_id is null then
    perform refuse('payout_event_payout_exists', 'there is no such payout');
  end if;
  new.login := session_user;
  new.at := clock_timestamp();
  if current_user <> 'recourse_owner' or pg_trigger_depth() = 1 then
    new.actor := null;
    perform permitted(new.recorder, 'case', 'pay');
  end if;
  if it.state = 'confirmed' and new.what <> 'returned' then
    perform refuse('payout_event_confirmed_once', 'it was confirmed as ' || it.reference);
  end if;
  if new.seq <> it.seq + 1 then
    perform refuse('payout_event_unique', 'the payout is at event ' || it.seq);
  end if;
  if not (case new.what when 'sent' then it.state = 'pending' when 'reopened' then it.state in ('failed', 'returned')
    when 'returned' then it.state = 'confirmed' when 'failed' then it.state in ('pending', 'sent')
    else it.state in ('pending', 'sent') or current_user = 'recourse_owner' end) then
    perform refuse('payout_event_in_state', 'it is ' || it.state);
  end if;
  if new.what in ('sent', 'confirmed') and not new.collective and new.reference is not null then
    paid := paid_by(split_part(new.order_id, ':', 1), new.reference, null, new.order_id || ' ' || new.party);
    if paid is not null then
      perform refuse('payout_event_reference_once', btrim(new.reference) || ' ' || paid);
    end if;
  end if;
  return new;
end $$;
create trigger payout_event_seal before insert on payout_event for each row execute function payout_event_seal();

create function payout_event_project() returns trigger language plpgsql security definer as $$
begin
  update payout set seq = new.seq, state = case new.what when 'reopened' then 'pending' else new.what end,
    reference = case when new.what = 'reopened' then null else coalesce(new.reference, reference) end
  where order_id = new.order_id and party = new.party;
  insert into case_event (order_id, number, what, party, words, item, actor, recorder)
    select new.order_id, d.number, 'payout', new.party, concat_ws(': ', new.what, new.words), new.reference, new.actor, new.recorder from decision d where d.order_id = new.order_id;
  return null;
end $$;
create trigger payout_event_project after insert on payout_event for each row execute function payout_event_project();

-- At the end of the transaction, an order in dispute has an open case, whatever was written at once.
create function dispute_has_case() returns trigger language plpgsql security definer as $$
begin
  if exists (select from orders where id = new.order_id and provider = 'atarapay' and status in ('dispute', 'disputed', 'dispute_resolved'))
    and not exists (select from dispute_case where order_id = new.order_id and open) then
    perform refuse('dispute_has_open_case', 'the order is in dispute, and its case would be closed');
  end if;
  return null;
end $$;
create constraint trigger dispute_has_open_case after insert on case_event deferrable initially deferred
  for each row when (new.what = 'closed') execute function dispute_has_case();

-- At the end of the transaction, an order whose last payout was confirmed is completed: who confirms it, completes it.
create function confirmation_completes() returns trigger language plpgsql security definer as $$
begin
  if exists (select from orders where id = new.order_id and provider = 'atarapay' and status = 'dispute_resolved')
    and not exists (select from payout where order_id = new.order_id and state <> 'confirmed') then
    perform refuse('payout_last_completes_order', 'the last payout was confirmed, and the order was not completed with it');
  end if;
  return null;
end $$;
create constraint trigger payout_last_completes_order after insert on payout_event deferrable initially deferred
  for each row when (new.what = 'confirmed') execute function confirmation_completes();

-- At the end of the transaction, an order that was in dispute completes only if what was decided was paid.
create function completion_is_paid() returns trigger language plpgsql security definer as $$
begin
  if exists (select from decision d, (select coalesce(sum(amount) filter (where party = 'seller'), 0) as seller,
      coalesce(sum(amount) filter (where party = 'buyer'), 0) as buyer from payout where order_id = new.order_id and state = 'confirmed') paid
    where d.order_id = new.order_id and (d.to_seller <> paid.seller or d.to_buyer <> paid.buyer)) then
    perform refuse('payout_complete_before_order', 'what was paid is not what was decided');
  end if;
  return null;
end $$;
create constraint trigger completion_is_paid after insert on transition deferrable initially deferred
  for each row when (new.provider = 'atarapay' and new.to_status = 'completed' and new.from_status = 'dispute_resolved') execute function completion_is_paid();

reset role;
