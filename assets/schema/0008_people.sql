-- People and their roles, and the views that everyone shares.

set local role recourse_owner;

-- Grants and withdrawals of roles. person shows the roles that are granted now.
create table person_change (
  id bigint generated always as identity primary key,
  login text not null constraint person_change_login_is_name check (login <> '' and login = btrim(login, E' \t\r\n')),
  role text not null constraint person_change_role_known check (role in ('viewer', 'agent', 'lead', 'ops', 'admin')),
  granted boolean not null,
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at timestamptz not null default clock_timestamp()
);
create view person as
  select login, role, changed_by, changed_at
  from (select distinct on (login, role) * from person_change order by login, role, id desc) last
  where granted;

create function person_named() returns trigger language plpgsql as $$
begin
  perform acts_as(new.changed_by);
  new.changed_login := session_user;
  new.changed_at := clock_timestamp();
  -- One change at a time, and each sees the one before: two admins must not remove each other.
  if current_setting('transaction_isolation') <> 'read committed' then
    perform refuse('person_change_read_committed', 'change people in a transaction of the isolation level read committed');
  end if;
  perform pg_advisory_xact_lock(hashtext('recourse people'));
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
  end if;
  return new;
end $$;
create trigger person_named before insert on person_change for each row execute function person_named();

-- Saved queries for everyone. The newest row of a name counts; without a query the view is removed.
create table view_change (
  id bigint generated always as identity primary key,
  name text not null constraint view_change_has_name check (name <> '' and name = btrim(name, E' \t\r\n')),
  query text,
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at timestamptz not null default clock_timestamp()
);

create function view_change_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.changed_by);
  new.changed_login := session_user;
  new.changed_at := clock_timestamp();
  return new;
end $$;
create trigger view_change_seal before insert on view_change for each row execute function view_change_seal();

reset role;
