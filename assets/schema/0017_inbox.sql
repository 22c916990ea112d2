-- What concerns a person: written when it happens, and kept until that person has read it.

set local role recourse_owner;

create table inbox (
  id bigint generated always as identity primary key,
  person text not null constraint inbox_has_person check (person <> ''),
  what text not null constraint inbox_what_known check (what in ('sent_back', 'approved', 'decided', 'handed_over', 'taken', 'lease_ended',
    'snooze_ended', 'late', 'answered', 'paid', 'payout_failed', 'payout_returned', 'plan_approved', 'plan_withdrawn', 'plan_stopped', 'plan_finished', 'request_approved',
    'request_withdrawn', 'request_refused', 'request_unknown', 'request_done', 'request_not_done')),
  -- The event of a case, or of a plan; or how a request went on.
  order_id text collate "C",
  number int,
  plan bigint,
  request bigint,
  seq int not null,
  words text,
  -- Who did it; empty if it happened automatically.
  recorder text not null,
  at moment not null,
  read_at moment,
  constraint inbox_about_one check ((order_id is null) = (number is null) and num_nonnulls(order_id, plan, request) = 1),
  constraint inbox_case_once unique (order_id, number, seq, person),
  constraint inbox_plan_once unique (plan, seq, person),
  constraint inbox_request_once unique (request, what, person),
  constraint inbox_case_event_exists foreign key (order_id, number, seq) references case_event (order_id, number, seq),
  constraint inbox_plan_event_exists foreign key (plan, seq) references plan_event (plan, seq)
);
create index inbox_of_person on inbox (person, id desc);
create index inbox_unread on inbox (person, id desc) where read_at is null;

-- Runs before the projection, so that the owner is still the one before the event.
create function case_event_concerns() returns trigger language plpgsql security definer as $$
declare it dispute_case; made decision; kind text; whose text[];
  asker text := (select e.recorder from case_event e where (e.order_id, e.number, e.what) = (new.order_id, new.number, 'proposed')
    order by e.seq desc limit 1);
begin
  select * into it from dispute_case where order_id = new.order_id and number = new.number;
  select * into made from decision where order_id = new.order_id and basis = 'settled';
  case new.what
    when 'rejected' then kind := 'sent_back'; whose := array[asker, it.owner];
    when 'decided' then
      kind := case when made.approved_by is null then 'decided' else 'approved' end;
      whose := array[asker, it.owner];
    when 'handed_over', 'reassigned' then kind := 'handed_over'; whose := array[new.person];
    when 'taken' then kind := 'taken'; whose := array[it.owner];
    when 'returned' then kind := 'lease_ended'; whose := array[it.owner];
    when 'woken' then kind := 'snooze_ended'; whose := array[it.owner];
    -- An approval that nobody takes concerns everyone who may take it.
    when 'escalated' then kind := 'late'; whose := it.owner || case when new.clock = 'approval' then array(
      select p.login from person p join permission m on (m.role, m.object, m.action) = (p.role, 'case', 'approve')) end;
    when 'answered' then kind := 'answered'; whose := array[it.owner];
    when 'payout' then
      kind := case when new.words = 'confirmed' then 'paid' when new.words like 'failed%' then 'payout_failed'
        when new.words like 'returned%' then 'payout_returned' end;
      whose := array[it.owner, made.decided_by, made.proposed_by];
  end case;
  -- Whose case it was learns that it is theirs no longer.
  if new.what = 'reassigned' then
    insert into inbox (person, what, order_id, number, seq, words, recorder, at)
      select it.owner, 'taken', new.order_id, new.number, new.seq, new.words, new.recorder, new.at
      where it.owner is not null and it.owner not in (new.recorder, new.person);
  end if;
  insert into inbox (person, what, order_id, number, seq, words, recorder, at)
    select distinct who, kind, new.order_id, new.number, new.seq, coalesce(new.words, replace(new.clock, '_', ' ') || ', level ' || new.level),
      case when new.actor = 'provider' then '' else new.recorder end, new.at from unnest(whose) who
    where kind is not null and who <> '' and who <> new.recorder;
  return null;
end $$;
create trigger case_event_concerns after insert on case_event for each row
  when (new.what in ('rejected', 'decided', 'handed_over', 'reassigned', 'taken', 'returned', 'woken', 'escalated', 'answered', 'payout'))
  execute function case_event_concerns();

create function plan_event_concerns() returns trigger language plpgsql security definer as $$
begin
  insert into inbox (person, what, plan, seq, words, recorder, at)
    select made_by, 'plan_' || new.what, new.plan, new.seq,
      case when new.what in ('stopped', 'finished') then concat_ws(', ', new.accepted || ' recorded', new.refused || ' refused', new.changed || ' changed', new.unknown || ' unknown', new.why)
        else new.why end, new.recorder, new.at
    from plan where plan.number = new.plan and made_by <> new.recorder;
  return null;
end $$;
create trigger plan_event_concerns after insert on plan_event for each row
  when (new.what in ('approved', 'withdrawn', 'stopped', 'finished')) execute function plan_event_concerns();

-- A person reads what concerns that person. Nothing else changes.
create function inbox_read() returns trigger language plpgsql as $$
begin
  -- An erasure takes the words away.
  if current_user = 'recourse_owner' and pg_trigger_depth() > 1 and new.words is null and to_jsonb(new) - 'words' = to_jsonb(old) - 'words' then
    return new;
  end if;
  perform acts_as(old.person);
  if old.read_at is not null then
    return null;
  end if;
  new := old;
  new.read_at := clock_timestamp();
  return new;
end $$;
create trigger inbox_read before update on inbox for each row execute function inbox_read();

-- Marks items of a person as read, or all of them. Returns how many it marked.
create function inbox_marked(by text, ids bigint[]) returns bigint language plpgsql security definer as $$
declare marked bigint;
begin
  perform working();
  perform acts_as(by);
  update inbox set read_at = now() where person = by and read_at is null and (ids is null or id = any(ids));
  get diagnostics marked = row_count;
  return marked;
end $$;

reset role;
