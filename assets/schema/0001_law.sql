-- The law as rows. The program writes them from the table that its menus come from, so that foreign keys and triggers can
-- read them. They never change: a new version of the law adds rows.

set local role recourse_owner;

create table law (
  version int primary key,
  digest bytea not null
);

-- The currencies, with the number of decimals of their major unit (ISO 4217).
create table currency (
  code text constraint currency_unique primary key,
  exponent smallint not null constraint currency_exponent_in_range check (exponent between 0 and 4)
);

create table provider_currency (
  provider text not null,
  currency text not null constraint provider_currency_known references currency,
  constraint provider_currency_unique primary key (provider, currency)
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
  -- What the move does to the order's amounts and facts.
  effect text not null,
  -- Whether the move has an amount.
  has_amount boolean not null,
  -- Whether a notification of a later step implies this one.
  implied boolean not null,
  -- Whether the provider must hear of the move when we make it.
  reaches_provider boolean not null,
  -- Whether the new status has a deadline: none, kept from before, or set to so many minutes after the move.
  deadline text not null constraint rule_deadline_known check (deadline in ('none', 'kept', 'set')),
  minutes int,
  constraint rule_unique primary key (law, provider, from_status, action, actor, to_status),
  constraint rule_minutes_if_deadline_set check ((deadline = 'set') = (minutes is not null))
);

-- Who may do what: which role may take which action on which kind of object, and what they must give with it.
create table permission (
  role text not null,
  object text not null,
  action text not null,
  proof text not null,
  constraint permission_unique primary key (role, object, action)
);

-- Events of cases: at which stages they may happen and who must have the case then. An event without an owner follows from
-- another one; nobody writes it directly.
create table case_rule (
  event text constraint case_rule_unique primary key,
  stages text[] not null,
  -- The action of a person that it records, by which roles are judged; null where nobody writes the event directly.
  action text,
  -- nobody, me, other, free (nobody or me), any; null where nobody writes the event directly.
  owner text,
  -- A proposal made before such an event is out of date.
  material boolean not null
);

-- What it is when our status of an order and the one that the provider last answered differ. src/stuck/drift.rs has the table.
create table drift_rule (
  provider text not null,
  ours text not null,
  theirs text not null,
  -- Whether our status is not proven: a move of ours is not confirmed, or the answer is newer than all that the provider told.
  unproven boolean not null,
  kind text not null,
  constraint drift_rule_unique primary key (provider, ours, theirs, unproven)
);

-- Microseconds since 1970. The difference of two times depends on no setting, so an index can have the expression itself instead of a
-- call of this function for each row.
create function micros(at timestamptz) returns bigint language sql immutable
  return (extract(epoch from at - '1970-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint;

-- A time of which every program can say when it was or will be: the server also knows infinity.
create domain moment as timestamptz constraint moment_plausible check (value >= '1970-01-01Z' and value < '9990-01-01Z');

-- Transaction ids count within one cluster and one timeline. After a restore or a failover a new epoch starts.
create table epoch (
  number int primary key,
  system_identifier bigint not null,
  timeline int not null,
  since moment not null default now()
);

-- Raises an error that has a constraint's name, so that the program handles it like the error of a constraint.
create function refuse(sentence text, explanation text) returns void language plpgsql as $$
begin
  raise exception using errcode = '23514', constraint = sentence, message = explanation, detail = sentence;
end $$;

-- Only an erasure leaves a text empty: what is written has one. A CHECK that allows the one allows the other.
create function has_words() returns trigger language plpgsql as $$
begin
  perform refuse(tg_argv[0], 'it is empty');
  return null;
end $$;

create function append_only() returns trigger language plpgsql as $$
begin
  if tg_op <> 'TRUNCATE' and current_user = 'recourse_owner' and pg_trigger_depth() > 1 and taken_away(to_jsonb(old), to_jsonb(new)) then
    return case tg_op when 'DELETE' then old else new end;
  end if;
  perform refuse('append_only', tg_op || ' on ' || tg_table_name || ' is forbidden: its rows are never changed or deleted');
  return null;
end $$;

-- Whether everything in a text can be seen: no control characters, nothing invisible, no blank but the common one. What looks the same
-- is the same. domain/order.rs has the same list.
create function unseen() returns text language sql immutable return '[\x01-\x1f\x7f-\xa0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]';
create function is_seen(said text) returns boolean language sql immutable return said !~ unseen();

-- Whether a text says something: it has more than blanks and what no one sees.
create function says(said text) returns boolean language sql immutable return regexp_replace(said, '[\s\x01-\x1f\x7f-\xa0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ue000-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U00016fe4\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]', '', 'g') <> '';

-- What is judged by the roles and rules of now is committed soon: they could change in between. What is brought in takes its time.
create function in_time() returns trigger language plpgsql as $$
begin
  if clock_timestamp() > (to_jsonb(new)->>tg_argv[0])::timestamptz + interval '45 seconds' and not is_intake() then
    perform refuse('committed_in_time', 'it began at ' || (to_jsonb(new)->>tg_argv[0])::timestamptz(0));
  end if;
  return null;
end $$;

-- The number of a row is the next one of its sequence, whatever the statement says.
create function own_number() returns trigger language plpgsql security definer as $$
begin
  return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], nextval(tg_argv[1])));
end $$;

-- A number after all others, for rows that follow each other. It was drawn before the lock that orders them: drawn again, if another was
-- faster.
create function number_after(drawn bigint, drawn_from text, last bigint) returns bigint language plpgsql security definer as $$
begin
  perform working();
  return case when drawn > coalesce(last, 0) then drawn else greatest(nextval(drawn_from), coalesce(last, 0) + 1) end;
end $$;

-- A login acts in its own name, unless it is a member of recourse_proxy.
create function acts_as(person text) returns void language plpgsql as $$
begin
  if person is distinct from session_user::text and not pg_has_role(session_user, 'recourse_proxy', 'member') then
    perform refuse('login_acts_for_itself', session_user || ' may not act as ' || person);
  end if;
end $$;

-- What only one transaction at a time may do. Unlike an advisory lock, a row can be locked only by the program's functions, so that
-- someone who may only read, or nothing at all, cannot stop the work of others.
create table turn (
  name text constraint turn_unique primary key
);
insert into turn values ('people'), ('tally'), ('watch'), ('statements');

-- Takes a turn until the end of the transaction: waits for it, or returns false at once if someone else has it.
create function take_turn(whose text, patient boolean) returns boolean language plpgsql security definer as $$
begin
  if patient then
    perform from turn where name = whose for update;
  else
    perform from turn where name = whose for update skip locked;
  end if;
  return found;
end $$;

-- Whether this login works here: a person with a role that does something, one who brings in what others report, or the owner. Others
-- hold no row that these wait for.
create function works() returns boolean language plpgsql stable as $$
begin
  if pg_has_role(session_user, 'recourse_intake', 'member') or pg_has_role(session_user, 'recourse_owner', 'member')
    or pg_has_role(session_user, 'recourse_proxy', 'member') then
    return true;
  end if;
  return exists (select from person where login = session_user and role <> 'viewer') or not exists (select from person);
end $$;

-- Refuses a login that works nowhere, and a transaction that does not see what others did since it began: roles, limits, requests.
create function working() returns void language plpgsql stable as $$
begin
  if not works() then
    perform refuse('role_permits', session_user || ' has no role that does this');
  end if;
  if current_setting('transaction_isolation') <> 'read committed' then
    perform refuse('writes_read_committed', 'the transaction is ' || current_setting('transaction_isolation'));
  end if;
end $$;

-- The same before every statement that inserts: who works nowhere holds no key that others wait for.
-- Looked up here first: each call of a function of the program costs a statement as much as this look.
create function works_here() returns trigger language plpgsql as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' or not (pg_has_role(session_user, 'recourse_intake', 'member')
    or pg_has_role(session_user, 'recourse_owner', 'member') or pg_has_role(session_user, 'recourse_proxy', 'member')) then
    perform working();
  end if;
  return null;
end $$;

-- Up to which transaction the feed is complete: the oldest one that was running when this statement began, of a login that may write
-- here. Later ones may still add rows before those that are visible now.
create function feed_limit() returns xid8 language plpgsql stable as $$
declare seen pg_snapshot := pg_current_snapshot();
begin
  if pg_snapshot_xmin(seen) = pg_snapshot_xmax(seen) then
    return pg_snapshot_xmax(seen);
  end if;
  return coalesce((select x from pg_snapshot_xip(seen) x where not exists (select from pg_stat_activity a
      where a.backend_xid = x::xid and (a.datname <> current_database() or not pg_has_role(a.usesysid, 'recourse_writer', 'member')))
    and not exists (select from pg_prepared_xacts p where p.transaction = x::xid
      and (p.database <> current_database() or not pg_has_role(p.owner, 'recourse_writer', 'member')))
    order by x limit 1), pg_snapshot_xmax(seen));
end $$;

-- The number of the current epoch. Starts a new one when cluster or timeline changed.
create function epoch_now() returns int language plpgsql security definer as $$
declare here bigint := (select system_identifier from pg_control_system());
  -- The first digits of a log file's name. The last checkpoint's timeline is the old one for a while after a promotion.
  line int := ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int;
  last epoch;
begin
  select * into last from epoch order by number desc limit 1;
  if works() and (last.system_identifier is distinct from here or last.timeline is distinct from line) then
    insert into epoch (number, system_identifier, timeline) values (coalesce(last.number, 0) + 1, here, line)
      on conflict do nothing;
  end if;
  return (select max(number) from epoch);
end $$;

-- The current epoch.
create function epoch_last() returns int language sql stable return (select max(number) from epoch);

reset role;
