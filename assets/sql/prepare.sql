-- Makes the roles of the program and an empty schema; {schema} is its name.
do $$
declare name text;
begin
  -- Several sessions may do this at once. Every login can take this lock, so none is waited for longer than three seconds.
  for try in 1 .. 30 loop
    exit when pg_try_advisory_xact_lock(hashtext('recourse schema'));
    perform pg_sleep(0.1);
  end loop;
  foreach name in array array['recourse_owner', 'recourse_writer', 'recourse_reader', 'recourse_proxy', 'recourse_intake', 'recourse_masked'] loop
    if not exists (select from pg_roles where rolname = name) then
      begin
        execute format('create role %I nologin', name);
      exception when duplicate_object or unique_violation then null;  -- another database of this server was faster
      end;
    end if;
  end loop;
  -- Who makes the schema owns it, names the first admin and checks it.
  foreach name in array array['recourse_owner', 'recourse_writer'] loop
    -- From PostgreSQL 16 on, who made a role may give it, and is not what it is.
    if not (case when current_setting('server_version_num')::int < 160000 then pg_has_role(current_user, name, 'member')
        else pg_has_role(current_user, name, 'usage') and pg_has_role(current_user, name, 'set') end) then
      execute format('grant %I to %I', name, current_user);
    end if;
  end loop;
  if to_regnamespace('{schema}') is null then
    create schema {schema};
    alter schema {schema} owner to recourse_owner;
  end if;
  grant usage, create on schema {schema} to recourse_owner;
end $$
