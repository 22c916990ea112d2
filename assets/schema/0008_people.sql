-- People and their roles, what these permit, and the views that everyone shares.

set local role recourse_owner;

-- Grants and withdrawals of roles. person shows the roles that are granted now.
create table person_change (
  id bigint primary key,
  login text not null constraint person_change_login_is_name check (login <> '' and login = btrim(login, E' \t\r\n') and octet_length(login) <= 63)
    constraint person_change_login_printable check (is_seen(login)),
  role text not null constraint person_change_role_known check (role in ('viewer', 'agent', 'lead', 'ops', 'admin')),
  granted boolean not null,
  -- Why.
  why text constraint person_change_why_short check (octet_length(why) <= 2000),
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at moment not null default clock_timestamp()
);
create view person as
  select login, role, changed_by, changed_at
  from (select distinct on (login, role) * from person_change order by login, role, id desc) last
  where granted;

-- Whether this login may bring in what others report: importers, clocks, the server. While no one is registered, everyone who may
-- write may do so.
create function is_intake() returns boolean language plpgsql stable as $$
begin
  return pg_has_role(session_user, 'recourse_intake', 'member') or not exists (select from person);
end $$;

-- Whether this login owns the program's tables, or is a superuser.
create function is_owner() returns boolean language plpgsql stable as $$
begin
  return pg_has_role(session_user, 'recourse_owner', 'member');
end $$;

-- The roles of a person. While no one is registered, everyone who may write is agent, lead and ops, and the owner is admin, too.
create function roles_of(who text) returns text[] language plpgsql stable as $$
begin
  if exists (select from person) then
    return array(select role from person where login = who);
  end if;
  return case when is_owner() then '{agent,lead,ops,admin}' else '{agent,lead,ops}' end::text[];
end $$;

-- Whether the roles of a person permit an action on a kind of object, by the rows of the law.
create function may(who text, kind text, what text) returns boolean language plpgsql stable as $$
begin
  return exists (select from permission where role = any(roles_of(who)) and object = kind and action = what);
end $$;

-- Refuses what no role of a person permits.
create function permitted(who text, kind text, what text) returns void language plpgsql stable as $$
begin
  if not may(who, kind, what) then
    perform refuse('role_permits', who || ' may not do this (' || kind || ' ' || what || '): it needs the role '
      || coalesce((select string_agg(role, ' or ' order by role) from permission where object = kind and action = what), 'of no one'));
  end if;
end $$;

-- What is brought in, is brought in by logins that may.
create function intake_only() returns trigger language plpgsql as $$
begin
  if not is_intake() then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  return null;
end $$;
-- Also those who release from quarantine what came in about the order.
create function released_or_intake() returns trigger language plpgsql as $$
begin
  if not is_intake() and not names_number(new.order_id, new.number) then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  return new;
end $$;
create trigger orders_intake before insert on orders for each statement execute function intake_only();
create trigger fact_intake before insert on fact for each statement execute function intake_only();
create trigger order_number_intake before insert on order_number for each row execute function released_or_intake();
create trigger quarantine_intake before insert on quarantine for each statement execute function intake_only();

create function person_named() returns trigger language plpgsql security definer as $$
begin
  perform acts_as(new.changed_by);
  -- One change at a time, and each sees the one before: two admins must not remove each other.
  perform take_turn('people', true);
  new.id := number_after(new.id, 'person_change_id_seq', (select max(id) from person_change));
  new.changed_login := session_user;
  new.changed_at := clock_timestamp();
  if exists (select from person) then
    if not exists (select from person where login = new.changed_by and role = 'admin') then
      perform refuse('person_change_by_admin', new.changed_by || ' is not an admin');
    end if;
    if not new.granted and new.role = 'admin'
      and not exists (select from person where role = 'admin' and login <> new.login) then
      perform refuse('person_change_keeps_an_admin', new.login || ' is the last admin');
    end if;
  elsif not (new.granted and new.role = 'admin') then
    perform refuse('person_change_first_is_admin', 'the first person named must be an admin');
  elsif not is_owner() then
    perform refuse('person_change_first_by_owner', session_user || ' does not own the database');
  end if;
  return new;
end $$;
create trigger person_named before insert on person_change for each row execute function person_named();

-- Saved queries for everyone. The newest row of a name counts; without a query the view is removed.
create table view_change (
  id bigint primary key,
  name text not null constraint view_change_has_name check (name <> '' and name = btrim(name, E' \t\r\n') and octet_length(name) <= 200)
    constraint view_change_name_printable check (is_seen(name)),
  query text constraint view_change_query_short check (octet_length(query) <= 4000),
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at moment not null default clock_timestamp()
);

create function view_change_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.changed_by);
  perform permitted(new.changed_by, 'view', 'change');
  new.changed_login := session_user;
  new.changed_at := clock_timestamp();
  return new;
end $$;
create trigger view_change_seal before insert on view_change for each row execute function view_change_seal();

reset role;
