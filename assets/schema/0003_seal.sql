-- What the database itself writes into a transition: who, when, the states before and after, and the hash.

set local role recourse_owner;

-- The hash of a transition covers the previous hash and all of its fields. Each text has its length in front, so that no two
-- lists of fields give the same bytes; absent texts have no length. Times are microseconds since 2000, as eight bytes in hex.
-- verify computes the same outside the database. All of it is one function: passing a row to another one costs as much as
-- the work.
create function transition_seal() returns trigger language plpgsql as $$
declare last record; r rule; opening text; names text; facts text; divides boolean; resolves boolean;
begin
  -- The provider's answer to a request is recorded for the person who asked.
  if new.source = 'answer' then
    select asked_by into new.recorder from request where order_id = new.order_id and state in ('sending', 'unknown') and actor = new.actor
      and (action = new.action and amount is not distinct from new.amount or action = 'authorise' and new.action = 'capture');
    if not found then
      perform refuse('transition_answers_request', 'nothing like this was asked of the provider');
    end if;
  elsif new.recorder <> session_user and not (new.source = 'reading' and exists (select from account_ask where what = 'adopt' and order_id = new.order_id
      and asked_by = new.recorder and answered_at is null)) then
    perform acts_as(new.recorder);
  end if;
  new.id := feed_number();
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  new.xid := pg_current_xact_id();
  new.epoch := (select max(number) from epoch);
  if new.seq > 1 then
    select hash, due_at, happened_at into last from transition where order_id = new.order_id and seq = new.seq - 1;
    if not found then
      perform refuse('transition_continues_previous', 'there is no version ' || new.seq - 1 || ' to continue');
    end if;
  else
    -- The hash of the first transition also covers what the order was opened with.
    select null::bytea as hash, null::timestamptz as due_at, null::timestamptz as happened_at, opened_at,
      concat(currency, ' ', coalesce(cancellation_fee::text, '-'), octet_length(merchant), ':', merchant) as opening,
      case when coalesce(buyer, seller) is not null then concat(octet_length(buyer), ':', buyer, octet_length(seller), ':', seller) end as names
      into last from orders where id = new.order_id;
    if new.seq = 1 and last.opened_at <> new.happened_at then
      perform refuse('transition_opening_time_of_order', 'the order was opened at ' || last.opened_at);
    end if;
    opening := last.opening;
    names := last.names;
  end if;
  -- What the rule asks of the transition. Without a rule the foreign key refuses it.
  select * into r from rule where law = new.law and provider = new.provider and from_status = new.from_status
    and action = new.action and actor = new.actor and to_status = new.to_status;
  if (new.amount is not null) <> r.has_amount then
    perform refuse('transition_amount_where_needed', new.action || case when r.has_amount then ' needs an amount' else ' has no amount' end);
  end if;
  -- What is done now is done by the law of now; what is reported may be older.
  if new.source in ('console', 'clock') and new.law <> (select max(version) from law) then
    perform refuse('transition_law_of_now', 'version ' || new.law || ' of the law is no longer the newest');
  end if;
  if new.inferred and not r.implied then
    perform refuse('transition_only_missed_steps_inferred', new.action || ' is never inferred');
  end if;
  if (new.due_at is not null) <> (r.deadline <> 'none') then
    perform refuse('transition_deadline_where_law_has_one',
      new.to_status || case r.deadline when 'none' then ' has no deadline' else ' needs a deadline' end);
  elsif r.deadline = 'set' and new.due_at <> new.happened_at + make_interval(mins => r.minutes) then
    perform refuse('transition_deadline_from_milestone', 'the deadline is ' || r.minutes || ' minutes after the move');
  elsif r.deadline = 'kept' and new.due_at is distinct from last.due_at then
    perform refuse('transition_deadline_unchanged', 'the deadline was ' || coalesce(last.due_at::text, 'none'));
  end if;
  -- What a person records is judged by that person's roles; what is brought in, by its login (when all rows are there).
  -- Looked up here first: a call for each of the functions behind it costs more than the look.
  if new.source = 'console' and not exists (select from permission where object = new.provider
      and action = new.actor || ' ' || new.action and proof = 'nothing' and role = any(case when exists (select from person)
        then array(select role from person where login = new.recorder) else '{agent,lead,ops}'::text[] end)) then
    if not exists (select from permission where object = new.provider
      and action = new.actor || ' ' || new.action and role = any(roles_of(new.recorder)) and (proof = 'nothing'
        or (proof = 'note' and says(new.note)) or (proof = 'reference' and says(new.reference)))) then
      perform permitted(new.recorder, new.provider, new.actor || ' ' || new.action);
      -- A constraint of its own asks for the note of a party's word, and for the reference of a payment.
      if new.actor not in ('buyer', 'seller', 'courier') and new.action <> 'complete' then
        perform refuse('transition_proof_given', new.actor || ' ' || new.action || ' needs a '
        || (select min(proof) from permission where object = new.provider and action = new.actor || ' ' || new.action and role = any(roles_of(new.recorder))));
      end if;
    end if;
  end if;
  -- What a person does happens now, and after what happened before.
  if new.source = 'console' and new.seq > 1 and (new.happened_at < last.happened_at or new.happened_at < new.recorded_at - interval '10 minutes') then
    perform refuse('transition_time_by_database', 'the time ' || new.happened_at || ' is before the order''s last move, or long past');
  end if;
  -- Time itself ends an order when its deadline has passed, and not before.
  if new.action = 'expire' and new.source in ('console', 'clock') and least(new.happened_at, new.recorded_at) < last.due_at then
    perform refuse('transition_expiry_when_due', 'the deadline is ' || last.due_at);
  end if;
  if octet_length(concat(new.note, new.reference, new.reason)) > 20000 then
    perform refuse('transition_texts_short', 'the texts have ' || octet_length(concat(new.note, new.reference, new.reason)) || ' bytes');
  end if;
  -- A machine whose clock is wrong dates nothing ahead, and ends no order before its deadline.
  if (new.source = 'clock' and new.happened_at > new.recorded_at + interval '1 second')
    or (new.source = 'console' and new.happened_at > greatest(new.recorded_at + interval '1 minute', last.happened_at)) then
    perform refuse('transition_time_by_database', 'the time ' || new.happened_at || ' is ahead of the database''s clock');
  end if;
  new.salt := null;
  new.personal := null;
  if names is not null or new.note is not null then
    new.salt := uuid_send(gen_random_uuid());
    new.personal := sha256(new.salt || convert_to(concat(names, octet_length(new.note), ':', new.note), 'UTF8'));
  end if;
  new.needs_confirmation := coalesce(r.reaches_provider, false) and new.source not in ('notification', 'clock', 'answer', 'reading');
  new.state := concat(new.to_status, ' ', new.total, ' ', new.authorised, ' ', new.canceled, ' ', new.captured, ' ', new.refunded, ' ',
    new.attempt, ' ', new.rejection_pending::text, ' ', coalesce(new.outcome, '-'), ' ', coalesce(new.to_seller::text, '-'), ' ',
    coalesce(new.to_buyer::text, '-'));
  resolves := r.effect in ('withdraw', 'settle');
  divides := resolves or r.effect in ('pay_seller', 'refund_buyer', 'return');
  new.before := concat(new.from_status, ' ', new.total,
    ' ', case r.effect when 'authorise' then 0 else new.authorised end,
    ' ', case r.effect when 'cancel' then new.canceled - new.amount else new.canceled end,
    ' ', case r.effect when 'capture' then new.captured - new.amount else new.captured end,
    ' ', case r.effect when 'refund' then new.refunded - new.amount else new.refunded end,
    ' ', case r.effect when 'deliver_again' then new.attempt - 1 else new.attempt end,
    ' ', coalesce(r.effect in ('answer', 'return'), false)::text,
    ' ', case when resolves then '-' else coalesce(new.outcome, '-') end,
    ' ', case when divides then '-' else coalesce(new.to_seller::text, '-') end,
    ' ', case when divides then '-' else coalesce(new.to_buyer::text, '-') end);
  facts := concat(new.seq, ' ', new.law, ' ', coalesce(new.amount::text, '-'), ' ', new.total, ' ', new.authorised, ' ', new.canceled,
    ' ', new.captured, ' ', new.refunded, ' ', new.attempt, ' ', new.rejection_pending, ' ', coalesce(new.outcome, '-'), ' ',
    coalesce(new.to_seller::text, '-'), ' ', coalesce(new.to_buyer::text, '-'), ' ', coalesce(encode(timestamptz_send(new.due_at), 'hex'), '-'),
    ' ', encode(timestamptz_send(new.happened_at), 'hex'), ' ', encode(timestamptz_send(new.recorded_at), 'hex'),
    ' ', new.inferred, ' ', new.contradictory, ' ', coalesce(new.request_id::text, '-'), ' ', coalesce(encode(new.request_digest, 'hex'), '-'),
    ' ', coalesce(encode(new.personal, 'hex'), '-'), ' ', new.epoch, ' ', new.xid, ' ', opening);
  new.hash := sha256(coalesce(last.hash, ''::bytea) || convert_to(concat(octet_length(facts), ':', facts,
    octet_length(new.order_id), ':', new.order_id, octet_length(new.from_status), ':', new.from_status,
    octet_length(new.to_status), ':', new.to_status, octet_length(new.action), ':', new.action, octet_length(new.actor), ':', new.actor,
    octet_length(new.source), ':', new.source, octet_length(new.recorder), ':', new.recorder, octet_length(new.login), ':', new.login,
    octet_length(new.reason), ':', new.reason,
    octet_length(new.reference), ':', new.reference, octet_length(new.of_capture), ':', new.of_capture), 'UTF8'));
  return new;
end $$;
create trigger transition_seal before insert on transition for each row execute function transition_seal();

reset role;
