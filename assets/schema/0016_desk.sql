-- Working at the dispute desk: leases and escalations, the next case, drafts, and who edits.

set local role recourse_owner;

-- Writes what only time causes, and counts it. A case that was changed past its log is left alone: it must not stop the others.
create function case_swept(it dispute_case, kind text, why text, which text, how_often int) returns int language plpgsql as $$
begin
  insert into case_event (order_id, number, what, words, clock, level, actor, recorder)
    values (it.order_id, it.number, kind, why, which, how_often, 'clock', '');
  return 1;
-- Whatever is wrong with it: verify names it. What is only in the way passes, and is tried again.
exception when others then
  if left(sqlstate, 2) in ('40', '53', '55', '57', '58') then
    raise;
  end if;
  return 0;
end $$;

-- Returns untouched cases to the queue, ends the rest of those that were put aside, and escalates late ones. Any number of sessions may sweep; each case is swept once.
-- It happens automatically, so no one's name is under it.
create function case_sweep(most int) returns int language plpgsql security definer as $$
declare it dispute_case; swept int := 0;
begin
  perform working();
  for it in select * from dispute_case where lease_until < clock_timestamp() order by lease_until for update skip locked loop
    exit when swept >= most;
    swept := swept + case_swept(it, 'returned', it.owner || ' did not work on it', null, null);
  end loop;
  for it in select * from dispute_case where snoozed_until < clock_timestamp() order by snoozed_until for update skip locked loop
    exit when swept >= most;
    swept := swept + case_swept(it, 'woken', null, null, null);
  end loop;
  for it in select * from dispute_case where escalate_at < clock_timestamp() order by escalate_at for update skip locked loop
    exit when swept >= most;
    swept := swept + case_swept(it, 'escalated', null, it.clock, it.level + 1);
  end loop;
  return swept;
end $$;

-- Takes the most urgent unclaimed case, if there is one.
create function case_take_next(by text, only_reason text, request uuid, digest bytea) returns table (order_id text, number int)
language plpgsql security definer as $$
declare it dispute_case; broken text; passed_by text[] := '{}';
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'claim');
  for attempt in 1 .. 500 loop
    select c.* into it from dispute_case c where c.queue = 'working' and c.owner is null and (only_reason is null or c.reason = only_reason)
      and c.order_id <> all(passed_by) order by c.rank, - c.amount, c.order_id, c.number limit 1 for update skip locked;
    if it.order_id is null then return; end if;
    begin
      insert into case_event (order_id, number, what, recorder, request_id, request_digest)
        values (it.order_id, it.number, 'claimed', by, request, digest);
      return query select it.order_id, it.number;
      return;
    -- One that was changed past its log is nobody's work: the next one is taken, and verify names it.
    exception when others then
      get stacked diagnostics broken = constraint_name;
      if broken = 'case_event_request_unique' or left(sqlstate, 2) in ('40', '53', '55', '57', '58') then
        raise;
      end if;
      passed_by := passed_by || it.order_id;
    end;
  end loop;
end $$;

-- A draft by the owner is work on the case and renews the lease.
create function case_draft_seal() returns trigger language plpgsql security definer as $$
begin
  perform acts_as(new.person);
  perform permitted(new.person, 'case', 'note');
  new.saved_at := clock_timestamp();
  if octet_length(new.body) > 65536 then
    perform refuse('case_draft_short', 'the draft has ' || octet_length(new.body) || ' bytes');
  end if;
  update dispute_case set lease_until = new.saved_at + make_interval(secs => coalesce((policy()->>'lease')::int, 7200))
    where order_id = new.order_id and number = new.number and owner = new.person and lease_until is not null;
  return new;
end $$;
create trigger case_draft_seal before insert or update on case_draft for each row execute function case_draft_seal();

create function case_presence_seal() returns trigger language plpgsql as $$
begin
  -- Taking over ends what another session writes.
  if tg_op = 'INSERT' or new.editing or not old.editing then
    perform acts_as(new.person);
    if tg_op = 'UPDATE' then
      perform acts_as(old.person);
    end if;
    perform permitted(new.person, 'case', 'note');
  end if;
  new.seen_at := case when tg_op = 'UPDATE' and old.session = new.session and old.editing and not new.editing then old.seen_at else clock_timestamp() end;
  return new;
end $$;
create trigger case_presence_seal before insert or update on case_presence for each row execute function case_presence_seal();

-- Lets a session edit a case: one person at a time, unless they take over. A session that was not seen for a while does not count.
create function case_edit(of text, which int, mine uuid, by text, take boolean) returns boolean
language plpgsql security definer as $$
declare may boolean;
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'note');
  perform case_locked(of, which);
  may := take or not exists (select from case_presence where order_id = of and number = which and editing
    and person <> by and seen_at > clock_timestamp() - interval '20 seconds');
  if may then
    update case_presence set editing = false where order_id = of and number = which and (session, person) <> (mine, by) and editing;
  end if;
  insert into case_presence (order_id, number, session, person, editing) values (of, which, mine, by, may)
    on conflict (order_id, number, session, person) do update set editing = excluded.editing;
  return may;
end $$;

-- Records that a person is looking at a case; does not change whether they are writing in it. Who opens it in ever more sessions has the
-- newest of them.
create function case_seen(of text, which int, mine uuid, by text) returns void language plpgsql security definer as $$
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'note');
  if not exists (select from dispute_case where order_id = of and number = which) then
    return;
  end if;
  insert into case_presence (order_id, number, session, person, editing) values (of, which, mine, by, false)
    on conflict (order_id, number, session, person) do update set seen_at = clock_timestamp();
  delete from case_presence where order_id = of and number = which and person = by and session in (
    select session from case_presence where order_id = of and number = which and person = by order by seen_at desc offset 20);
end $$;

-- Records that a session no longer looks at any case, and forgets sessions last seen more than a day ago.
create function case_left(mine uuid, by text) returns void language plpgsql security definer as $$
begin
  perform working();
  perform acts_as(by);
  delete from case_presence where (session = mine and person = by) or seen_at < clock_timestamp() - interval '1 day';
end $$;

-- Records how far a person has read the conversation of a case.
create function case_read_to(of text, which int, by text, upto int) returns void language plpgsql security definer as $$
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'note');
  insert into case_read as r (order_id, number, person, seq)
    select order_id, number, by, least(upto, seq) from dispute_case where order_id = of and number = which
    on conflict (order_id, number, person) do update set seq = excluded.seq where r.seq < excluded.seq;
end $$;

-- Saves a person's draft.
create function case_drafted(of text, which int, by text, sort text, words text) returns void language plpgsql security definer as $$
begin
  perform acts_as(by);
  perform permitted(by, 'case', 'note');
  insert into case_draft (order_id, number, person, kind, body) values (of, which, by, sort, words)
    on conflict (order_id, number, person, kind) do update set body = excluded.body;
end $$;

-- Deletes a person's draft.
create function case_undrafted(of text, which int, by text, sort text) returns void language plpgsql security definer as $$
begin
  perform working();
  perform acts_as(by);
  delete from case_draft where order_id = of and number = which and person = by and kind = sort;
end $$;

-- A draft is read by the person who writes it, and by services that act for people.
alter table case_draft enable row level security;
create policy case_draft_own on case_draft using (person = session_user or pg_has_role(session_user, 'recourse_proxy', 'member'));

-- Nobody ends the presence of another person, unless it is long over.
create function case_presence_leave() returns trigger language plpgsql as $$
begin
  if old.seen_at > clock_timestamp() - interval '1 day' then
    perform acts_as(old.person);
  end if;
  return old;
end $$;
create trigger case_presence_leave before delete on case_presence for each row execute function case_presence_leave();

-- Only the body of a draft changes.
create function case_draft_keep() returns trigger language plpgsql as $$
begin
  new.order_id := old.order_id;
  new.number := old.number;
  new.person := old.person;
  new.kind := old.kind;
  return new;
end $$;
create trigger case_draft_keep before update on case_draft for each row execute function case_draft_keep();

-- Cases, their clocks, decisions and payouts follow their events: the owner, too, writes an event instead. Depth 1 is a statement of a
-- client's own.
create function follows_events() returns trigger language plpgsql as $$
begin
  perform refuse('follows_events', tg_table_name || ' follows its events: write an event instead');
  return null;
end $$;
create trigger dispute_case_follows_events before insert or update on dispute_case for each row when (pg_trigger_depth() < 1) execute function follows_events();
create trigger case_clock_follows_events before insert or update or delete on case_clock for each row when (pg_trigger_depth() < 1) execute function follows_events();
create trigger decision_follows_events before insert on decision for each row when (pg_trigger_depth() < 1) execute function follows_events();
create trigger payout_follows_events before insert or update on payout for each row when (pg_trigger_depth() < 1) execute function follows_events();

reset role;
