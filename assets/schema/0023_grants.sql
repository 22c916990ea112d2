-- Who may read and write which table. Grants are for whole tables, because column grants do not reach the workers of a
-- cluster: the seals overwrite every column that the database fills in.

set local role recourse_owner;

-- Every function looks up names in this schema only, not in the schema of its caller. Those whose names were looked up when they
-- were made need nothing.
do $$
declare f regprocedure;
begin
  for f in select oid::regprocedure from pg_proc where pronamespace = current_schema()::regnamespace loop
    if (select prosqlbody is null from pg_proc where oid = f) then
      execute format('alter function %s set search_path = %I, pg_temp', f, current_schema());
    end if;
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;

-- Changes of roles and policies, and what they permit, are committed soon after they were judged.
do $$
declare it record;
begin
  for it in select * from (values ('person_change', 'changed_at', 'true'), ('desk_policy', 'at', 'true'), ('case_event', 'at', 'true'), ('payout_event', 'at', 'true'),
    ('plan_event', 'at', 'true'), ('statement', 'at', 'true'), ('request', 'created_at', 'true')) it (name, at, which) loop
    execute format('create constraint trigger %I after insert on %I deferrable initially deferred for each row when (%s) execute function in_time(%L)',
      it.name || '_in_time', it.name, it.which, it.at);
  end loop;
end $$;
create constraint trigger transition_in_time after insert on transition deferrable initially deferred for each row when (new.source = 'console')
  execute function move_in_time();

-- Tables whose rows never change, and tables whose rows change but are never deleted.
do $$
declare name text;
  appended text[] := array['law', 'epoch', 'turn', 'currency', 'provider_currency', 'rule', 'drift_rule', 'permission', 'case_rule', 'transition', 'confirmation', 'fact',
    'evidence', 'order_number', 'order_text', 'person_change', 'view_change', 'plan', 'plan_row', 'plan_event', 'plan_result', 'alert_event', 'runbook_tick',
    'seal', 'request_step', 'erasure', 'desk_policy', 'case_event', 'case_note', 'case_message', 'case_file', 'case_proposal', 'decision', 'payout_event', 'statement', 'statement_shop', 'statement_sum', 'statement_finding'];
  changed text[] := array['seal_tip', 'fact_batch', 'orders', 'request', 'quarantine', 'alert_delivery', 'dispute_case', 'payout', 'inbox'];
begin
  foreach name in array appended || changed loop
    execute format('create trigger %I before delete%s on %I for each row execute function append_only()', name || '_append_only',
      case when name = any(appended) then ' or update' else '' end, name);
    execute format('create trigger %I before truncate on %I for each statement execute function append_only()', name || '_not_emptied', name);
  end loop;
end $$;

-- A notification is judged as it came. A server may lock its row, and so has the right to update, but not to change it.
create trigger received_append_only before update on received for each row execute function append_only();

-- Rows of these go one by one, when what they stand for has ended.
do $$
declare name text;
begin
  foreach name in array array['statement_row', 'case_clock', 'tally', 'watch_sum', 'watch_delta', 'merchant', 'order_word', 'payment_reference', 'drift', 'seen', 'request_turn'] loop
    execute format('create trigger %I before truncate on %I for each statement execute function append_only()', name || '_not_emptied', name);
  end loop;
end $$;

-- Before anything is inserted, its login is asked for a role.
do $$
declare name text;
begin
  foreach name in array array['orders', 'transition', 'confirmation', 'fact', 'quarantine', 'order_number', 'evidence', 'person_change', 'view_change', 'plan', 'plan_row',
    'plan_event', 'plan_result', 'alert_event', 'alert_delivery', 'runbook_tick', 'erasure', 'desk_policy', 'case_event', 'case_note', 'case_message', 'case_file',
    'case_proposal', 'payout_event', 'request', 'account_ask', 'statement', 'statement_row'] loop
    execute format('create trigger %I before insert on %I for each statement execute function works_here()', name || '_works', name);
  end loop;
end $$;

-- Numbers are given by the database, before anything else is judged: a row with a number of its own would stand before or after all others.
do $$
declare it record;
begin
  for it in select * from (values ('quarantine', 'id'), ('evidence', 'id'), ('person_change', 'id'), ('view_change', 'id'), ('plan', 'number'), ('runbook_tick', 'id'),
    ('alert_delivery', 'id'), ('erasure', 'id'), ('request', 'id'), ('received', 'id'), ('account_ask', 'id'), ('statement', 'number')) it (name, number) loop
    execute format('create sequence %I owned by %I.%I', it.name || '_' || it.number || '_seq', it.name, it.number);
    execute format('create trigger a_number before insert on %I for each row execute function own_number(%L, %L)', it.name, it.number,
      it.name || '_' || it.number || '_seq');
  end loop;
end $$;

grant insert on orders, transition, confirmation, fact, quarantine, order_number, evidence, person_change, view_change, plan, plan_row, plan_event,
  plan_result, alert_event, alert_delivery, runbook_tick, erasure, desk_policy, case_event, case_note, case_message, case_file, case_proposal,
  payout_event, request, account_ask, statement, statement_row to recourse_writer;
-- Who may update or delete may also lock a whole table. So rows are changed by functions that ask for a role first, but for the tables
-- that only a server works with.
grant insert on account, received, reading, seen, seen_move, messenger to recourse_intake;
grant update on account, request_turn, received, reading, seen, seen_move, account_ask, messenger, message_delivery to recourse_intake;
grant delete on account, received, reading, seen_move, messenger to recourse_intake;

do $$
begin
  execute format('grant execute on all functions in schema %I to recourse_writer', current_schema());
end $$;
grant execute on function epoch_now(), feed_limit(), shown(timestamptz), told_at(text), drift_now(text), micros(timestamptz), hour_of(timestamptz), orders_named(tsquery, text[], int), words_expected(tsquery), text_words(text, text),
  folded(text), capture_doubt(text, int, text), name_words(text, text), phones_of(text), phone_words(text), policy(), zone_of(jsonb), business_day(date, jsonb), business_add(timestamptz, bigint, jsonb),
  business_between(timestamptz, timestamptz, jsonb), leaves(text, text, text), kept_until(text, text, text), kept_after(text, text), is_asked(text),
  statement_rows(text, text, text, bigint, bigint, int), statement_moves(text, text, bigint, timestamptz, int), statement_digest(uuid, text, text, date, date), day_moves(date) to recourse_reader;
-- Only triggers call these. Who may execute a trigger's function can also put it on a table of their own.
revoke execute on function case_swept(dispute_case, text, text, text, int), take_turn(text, boolean), drift_judge(text[]), statement_overdue(bigint, bigint, text, text), clock_begin(text, int, text, timestamptz), clock_turn(text, int, text[], text, timestamptz),
  case_follow(transition), case_born(case_event), case_begin(text, text, text, timestamptz, text, uuid, bytea) from recourse_writer;
do $$
declare f regprocedure;
begin
  for f in select oid::regprocedure from pg_proc where pronamespace = current_schema()::regnamespace and prorettype = 'trigger'::regtype loop
    execute format('revoke execute on function %s from recourse_writer', f);
  end loop;
end $$;

select epoch_now();

reset role;

-- Nothing that others create there is found before the program's own names.
do $$
begin
  revoke create on schema public from public;
exception when insufficient_privilege or invalid_schema_name then null;
end $$;

-- So that psql and other programs find the tables without naming the schema: those of the first workspace, if there are several.
do $$
begin
  if exists (select from pg_db_role_setting join pg_database d on d.oid = setdatabase cross join unnest(setconfig) it
    where d.datname = current_database() and setrole = 0 and starts_with(it, 'search_path=')) then
    return;
  end if;
  execute format('alter database %I set search_path = %I, public', current_database(), current_schema());
exception when insufficient_privilege then null;
end $$;

-- As the login that makes the schema, because it owns the table of its parts.
do $$
begin
  execute format('grant usage on schema %I to recourse_writer, recourse_reader', current_schema());
  execute format('grant select on all tables in schema %I to recourse_writer, recourse_reader', current_schema());
  grant usage on sequence import_number to recourse_writer;
  execute format('grant select on all sequences in schema %I to recourse_writer, recourse_reader', current_schema());
end $$;
