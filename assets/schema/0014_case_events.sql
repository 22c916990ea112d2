-- What an event of a case may be, and what it changes.

set local role recourse_owner;

-- Refuses a login that does nothing on cases: it holds none that others wait for.
create function working_on_cases() returns void language plpgsql stable as $$
begin
  perform working();
  if not (is_intake() or is_owner() or pg_has_role(session_user, 'recourse_proxy', 'member') or may(session_user, 'case', 'note')) then
    perform permitted(session_user, 'case', 'note');
  end if;
end $$;

-- Reads a case and locks it until the transaction ends.
create function case_locked(of text, which int) returns dispute_case language plpgsql security definer as $$
declare it dispute_case;
begin
  perform working_on_cases();
  select * into it from dispute_case where order_id = of and number = which for update;
  return it;
end $$;

-- The case that an opening begins, with its clocks, from the time that it is dated.
create function case_born(first case_event) returns void language plpgsql security definer as $$
begin
  insert into dispute_case (order_id, number, currency, amount, merchant, buyer, seller, phones, opened_at, opened_by, reopened)
    select id, first.number, currency, amount, merchant, buyer, seller, phones_of(buyer) || phones_of(seller), first.at, first.recorder, first.number > 1
    from orders where id = first.order_id;
  perform clock_begin(first.order_id, first.number, 'first_answer', first.at);
  perform clock_begin(first.order_id, first.number, 'decision', first.at);
end $$;

-- Whether the policy in force has this reason; none is one.
create function is_reason(said text) returns boolean language sql stable as $$
  select said is null or coalesce(policy()->'reasons' @> jsonb_build_array(jsonb_build_object('code', said)), false)
$$;

create function case_event_seal() returns trigger language plpgsql as $$
declare it dispute_case; rule case_rule; holder text;
begin
  if new.recorder <> session_user and not (new.recorder = '' and current_user = 'recourse_owner') then
    perform acts_as(new.recorder);
  end if;
  if new.what in ('taken', 'handed_over', 'reassigned', 'rejected', 'resumed') and new.words is null then
    perform refuse('case_event_says_why', new.what || ' needs a reason');
  end if;
  it := case_locked(new.order_id, new.number);
  if it.order_id is null and new.what = 'opened' and current_user = 'recourse_owner' then
    perform case_born(new);
    it := case_locked(new.order_id, new.number);
  end if;
  if it.order_id is null then
    perform refuse('case_event_case_exists', 'there is no such case');
  end if;
  if new.seq is not null and new.seq <> it.seq + 1 then
    perform refuse('case_event_unique', 'the case is at event ' || it.seq);
  end if;
  new.seq := it.seq + 1;
  new.login := session_user;
  new.at := clock_timestamp();
  new.xid := pg_current_xact_id();
  new.epoch := (select max(number) from epoch);
  new.id := feed_number();
  select * into rule from case_rule where event = new.what;
  -- Triggers of this schema write the events that follow from others, and its functions open cases and sweep them.
  if current_user = 'recourse_owner' and (pg_trigger_depth() > 1 or new.what in ('opened', 'returned', 'escalated')
    or new.what = 'woken' and new.recorder = '') then
    if new.what = 'returned' and not coalesce(it.lease_until < new.at, false) or new.what = 'escalated' and not coalesce(it.escalate_at < new.at, false)
      or new.what = 'woken' and not coalesce(it.snoozed_until < new.at, false) then
      perform refuse('case_event_by_person', new.what || ' follows when its time has come');
    end if;
    -- What only time causes says nothing else.
    if new.what in ('returned', 'escalated') or new.what = 'woken' and pg_trigger_depth() = 1 then
      new.clock := case new.what when 'escalated' then it.clock end;
      new.level := case new.what when 'escalated' then it.level + 1 end;
      new.words := case new.what when 'returned' then it.owner || ' did not work on it' end;
      new.actor := 'clock';
      new.recorder := '';
      new.reason := null;
      new.item := null;
      new.claimed := null;
      new.person := null;
    end if;
    return new;
  end if;
  if rule.owner is null then
    perform refuse('case_event_by_person', new.what || ' follows from another event');
  end if;
  perform permitted(new.recorder, 'case', rule.action);
  if not it.stage = any(rule.stages) then
    perform refuse('case_event_in_stage', 'the case is ' || it.stage);
  end if;
  if it.owner is not null and (it.lease_until is null or it.lease_until > new.at) then
    holder := case when it.owner = new.recorder then 'me' else 'other' end;
  else
    holder := 'nobody';
  end if;
  if new.what in ('handed_over', 'reassigned') and not may(new.person, 'case', 'claim') then
    perform refuse('case_event_handed_to_person', coalesce(new.person, 'no one') || ' has no role that works on cases');
  end if;
  if new.what = 'proposed' and it.waiting is not null then
    perform refuse('case_event_waits_no_longer', 'the case waits for the ' || it.waiting || '''s reply');
  end if;
  if new.what = 'snoozed' and not coalesce(new.until > new.at and new.until < new.at + interval '30 days 1 minute', false) then
    perform refuse('case_event_snooze_ahead', 'a case can be put aside for 30 days at most, from now on');
  end if;
  -- A person's rest is their own: not that of someone whose lease is over.
  if new.what = 'snoozed' and it.owner is not null and it.owner <> new.recorder then
    perform refuse('case_event_by_owner', it.owner || ' has it');
  end if;
  -- An item is a line of the checklist or a language: never words of one's own.
  if new.what not in ('checked', 'unchecked', 'attached', 'language') then
    new.item := null;
  elsif new.what <> 'language' and new.item is not null and not exists (select from jsonb_array_elements(policy()->'reasons') r
      where r->>'code' = it.reason and r->'checklist' ? new.item) then
    perform refuse('case_event_item_of_checklist', 'the checklist of this case has no such line');
  end if;
  -- So is a reason: one of the policy, and only where a reason is set.
  if new.what not in ('classified', 'proposed') then new.reason := null; end if;
  if new.what <> 'classified' then new.claimed := null; end if;
  if not is_reason(new.reason) then
    perform refuse('case_event_reason_of_policy', new.reason);
  end if;
  new.actor := null;
  new.clock := null;
  new.level := null;
  if new.what not in ('handed_over', 'reassigned') then new.person := null; end if;
  if not (rule.owner = 'any' or rule.owner = holder or (rule.owner = 'free' and holder in ('nobody', 'me'))) then
    perform refuse('case_event_by_owner', case holder when 'other' then it.owner || ' has it' when 'me' then new.recorder || ' has it already'
      else 'the case is unclaimed' end);
  end if;
  if new.what = 'rejected' and exists (select from case_event e where e.order_id = new.order_id and e.number = new.number and e.what = 'proposed'
    and e.recorder = new.recorder and e.seq = (select max(seq) from case_event l where l.order_id = new.order_id and l.number = new.number and l.what = 'proposed')) then
    perform refuse('case_event_sent_back_by_other', new.recorder || ' made this proposal, and can withdraw it');
  end if;
  if new.what = 'retracted' and not exists (select from case_event e where e.order_id = new.order_id and e.number = new.number and e.what = 'proposed'
    and e.recorder = new.recorder and e.seq = (select max(seq) from case_event l where l.order_id = new.order_id and l.number = new.number and l.what = 'proposed')) then
    perform refuse('case_event_withdrawn_by_proposer', 'someone else made this proposal');
  end if;
  if new.what = 'closed' and exists (select from orders where id = new.order_id and provider = 'atarapay'
    and status in ('dispute', 'disputed', 'dispute_resolved')) then
    perform refuse('case_event_dispute_open', 'the order is in dispute: the case closes when it is completed');
  end if;
  return new;
end $$;

create trigger case_event_seal before insert on case_event for each row execute function case_event_seal();

-- Starts a clock. A clock that is not in the policy does not run.
create function clock_begin(of text, which int, clock text, since timestamptz) returns void
language plpgsql security definer as $$
declare rule jsonb := policy()->'clocks'->clock; hours jsonb;
begin
  if rule is null then return; end if;
  hours := case when (rule->>'business')::boolean then policy()->'hours' end;
  insert into case_clock (order_id, number, name, due_at) values (of, which, clock, business_add(since, (rule->>'seconds')::bigint, hours))
    on conflict (order_id, number, name) do update set due_at = excluded.due_at, rest = null, ended_at = null;
end $$;

-- Ends, pauses or resumes clocks.
create function clock_turn(of text, which int, clocks text[], how text, now timestamptz) returns void
language plpgsql security definer as $$
declare it case_clock; hours jsonb;
begin
  for it in select * from case_clock where order_id = of and number = which and name = any(clocks) and ended_at is null loop
    hours := case when (policy()->'clocks'->it.name->>'business')::boolean then policy()->'hours' end;
    if how = 'end' then
      update case_clock set ended_at = now where order_id = of and number = which and name = it.name;
    -- A clock that is late stays late by as much, but it is nobody's turn while the case waits.
    elsif how = 'pause' and it.rest is null then
      update case_clock set rest = case when it.due_at > now then business_between(now, it.due_at, hours) else - extract(epoch from now - it.due_at)::bigint end,
        due_at = null where order_id = of and number = which and name = it.name;
    elsif how = 'resume' and it.rest is not null then
      update case_clock set due_at = case when it.rest >= 0 then business_add(now, it.rest, hours) else now + make_interval(secs => it.rest) end, rest = null
        where order_id = of and number = which and name = it.name;
    end if;
  end loop;
end $$;

-- Updates the projection: stage, owner, lease, clocks.
create function case_event_project() returns trigger language plpgsql security definer as $$
declare it dispute_case; first case_clock; lease interval := make_interval(secs => coalesce((policy()->>'lease')::int, 7200));
  levels jsonb := policy()->'escalate';
begin
  select * into it from dispute_case where order_id = new.order_id and number = new.number;
  it.seq := new.seq;
  if (select material from case_rule where event = new.what) then it.material_event := new.seq; end if;
  case new.what
    when 'claimed', 'taken' then it.owner := new.recorder;
    when 'handed_over', 'reassigned' then it.owner := new.person;
    when 'released', 'returned' then it.owner := null;
    when 'classified' then
      it.reason := coalesce(new.reason, it.reason);
      it.claimed := coalesce(new.claimed, it.claimed);
    when 'asked' then
      perform clock_turn(it.order_id, it.number, '{decision}', 'pause', new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer}', 'end', new.at);
      perform clock_begin(it.order_id, it.number, new.party || '_answer', new.at);
      it.waiting := new.party;
      it.answered_at := coalesce(it.answered_at, new.at);
    when 'messaged' then
      perform clock_turn(it.order_id, it.number, '{first_answer}', 'end', new.at);
      it.answered_at := coalesce(it.answered_at, new.at);
    when 'snoozed' then it.snoozed_until := new.until;
    when 'language' then
      if new.party = 'buyer' then it.buyer_language := new.item; else it.seller_language := new.item; end if;
    when 'answered' then
      it.reply_event := new.seq;
      if it.waiting = new.party then
        it.waiting := null;
        perform clock_turn(it.order_id, it.number, array[new.party || '_answer'], 'end', new.at);
        perform clock_turn(it.order_id, it.number, '{decision}', 'resume', new.at);
      end if;
    when 'resumed' then
      it.waiting := null;
      perform clock_turn(it.order_id, it.number, '{buyer_answer,seller_answer}', 'end', new.at);
      perform clock_turn(it.order_id, it.number, '{decision}', 'resume', new.at);
    when 'proposed' then
      it.stage := 'proposed';
      it.waiting := null;
      perform clock_turn(it.order_id, it.number, '{buyer_answer,seller_answer}', 'end', new.at);
      perform clock_turn(it.order_id, it.number, '{decision}', 'resume', new.at);
      perform clock_begin(it.order_id, it.number, 'approval', new.at);
    when 'retracted', 'rejected' then
      it.stage := 'working';
      perform clock_turn(it.order_id, it.number, '{approval}', 'end', new.at);
    when 'decided' then
      it.stage := 'decided';
      it.waiting := null;
      -- The case is decided when its order was, not when that was recorded.
      it.reason := coalesce((select d.reason from decision d where d.order_id = new.order_id), it.reason);
      it.decided_at := coalesce((select decided_at from decision where order_id = new.order_id), new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer,decision,approval}', 'end', new.at);
      perform clock_begin(it.order_id, it.number, 'payout', new.at);
    when 'closed' then
      it.stage := 'closed';
      it.waiting := null;
      it.closed_at := coalesce((select t.happened_at from transition t where t.order_id = new.order_id and t.provider = 'atarapay'
        and t.to_status in ('completed', 'cancelled')
        and t.happened_at >= it.opened_at order by t.seq desc limit 1), new.at);
      perform clock_turn(it.order_id, it.number, '{first_answer,buyer_answer,seller_answer,decision,approval,payout}', 'end', new.at);
    when 'escalated' then it.level := new.level;
    when 'payout' then
      it.trouble := (select case when it.stage = 'closed' then 'returned' when bool_or(state in ('failed', 'returned')) then 'failed' end
        from payout where order_id = new.order_id and state <> 'confirmed' having count(*) > 0);
      -- Money that came back has to be paid in the same time as before.
      if it.stage = 'closed' and new.words like 'returned%' then
        perform clock_begin(it.order_id, it.number, 'payout', new.at);
      elsif it.stage = 'closed' and it.trouble is null then
        perform clock_turn(it.order_id, it.number, '{payout}', 'end', new.at);
      end if;
    else null;
  end case;
  -- Work on the case, or what comes in, ends its rest.
  if new.what not in ('snoozed', 'noted', 'attached', 'checked', 'unchecked', 'language') then
    it.snoozed_until := null;
  end if;
  -- The first person to work on an unclaimed case gets it. Proposals and payouts are worked on by several people.
  if it.owner is null and (select owner from case_rule where event = new.what) = 'free' and it.stage in ('working', 'proposed') and new.what <> 'closed' then
    it.owner := new.recorder;
  end if;
  -- An untouched case returns to the queue. A case that waits for an answer or was put aside is not untouched.
  if it.owner is null or it.stage <> 'working' or it.waiting is not null or it.snoozed_until is not null then
    it.lease_until := null;
  elsif it.lease_until is null or new.recorder = it.owner or new.what in ('handed_over', 'reassigned') then
    it.lease_until := new.at + lease;
  end if;
  -- While a proposal waits, it is the turn of those who may approve it.
  select * into first from case_clock c where c.order_id = it.order_id and c.number = it.number and c.ended_at is null and c.due_at is not null
    order by c.name = 'approval' desc, c.due_at, c.name limit 1;
  if (first.name, first.due_at) is distinct from (it.clock, it.due_at) then
    it.level := 0;
  end if;
  it.clock := first.name;
  it.due_at := first.due_at;
  it.escalate_at := case when first.name is not null and it.level < jsonb_array_length(levels)
    then first.due_at + make_interval(secs => (levels->>(it.level::int))::bigint) end;
  update dispute_case set seq = it.seq, trouble = it.trouble, material_event = it.material_event, stage = it.stage, waiting = it.waiting, reason = it.reason, claimed = it.claimed,
    owner = it.owner, lease_until = it.lease_until, clock = it.clock, due_at = it.due_at,
    rank = case when it.stage = 'closed' and it.trouble is null then - micros(it.closed_at) else coalesce(micros(it.due_at), 253370764800000000) end, level = it.level, escalate_at = it.escalate_at,
    answered_at = it.answered_at, decided_at = it.decided_at, closed_at = it.closed_at,
    snoozed_until = it.snoozed_until, buyer_language = it.buyer_language, seller_language = it.seller_language, reply_event = it.reply_event
  where order_id = it.order_id and number = it.number;
  return null;
end $$;
create trigger case_event_project after insert on case_event for each row execute function case_event_project();

-- At the end of the transaction, an event has the note, message, file or proposal that it names.
create function case_event_whole() returns trigger language plpgsql security definer as $$
begin
  if not (case
    when new.what = 'noted' then exists (select from case_note n where (n.order_id, n.number, n.seq) = (new.order_id, new.number, new.seq) and n.body is not null)
    when new.what in ('messaged', 'asked', 'answered') then
      exists (select from case_message m where (m.order_id, m.number, m.seq) = (new.order_id, new.number, new.seq) and m.body is not null)
    when new.what = 'attached' then exists (select from case_file f where (f.order_id, f.number, f.seq) = (new.order_id, new.number, new.seq)
      and num_nulls(f.name, f.facts, f.digest, f.content) = 0)
    when new.what = 'proposed' then exists (select from case_proposal p where (p.order_id, p.number, p.seq) = (new.order_id, new.number, new.seq)
      and num_nulls(p.rationale, p.say_seller, p.say_buyer) = 0)
    else true end) then
    perform refuse('case_event_has_content', 'nothing was ' || new.what);
  end if;
  return null;
end $$;
create constraint trigger case_event_whole after insert on case_event deferrable initially deferred
  for each row execute function case_event_whole();

reset role;
