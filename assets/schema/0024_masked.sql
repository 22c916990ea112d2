-- What a masked reader sees: every table under the same name in a schema of its own, without what people wrote or who they are.

do $$
begin
  if to_regnamespace(format('%I', current_schema() || '_masked')) is null then
    execute format('create schema %I authorization recourse_owner', current_schema() || '_masked');
  end if;
  execute format('grant usage on schema %I to recourse_masked', current_schema());
  execute format('grant usage on schema %I to recourse_masked', current_schema() || '_masked');
  -- The table of the schema's parts belongs to the login that makes the schema.
  if to_regclass('_sqlx_migrations') is not null then
    grant select on _sqlx_migrations to recourse_masked;
  end if;
end $$;

set local role recourse_owner;

do $$
declare it record; lawful text[] := '{orders,transition,dispute_case,desk_policy,tally,watch_sum,watch_delta,merchant,order_number,law,rule,permission,case_rule,currency,provider_currency,drift_rule,turn,seal,seal_tip}';
  own text := current_schema(); masked text := current_schema() || '_masked'; columns text; views text[] := '{}';
begin
  for it in select relname::text as name, pg_get_viewdef(oid) as body from pg_class where relnamespace = own::regnamespace and relkind = 'v' order by oid loop
    views := views || format('create view %I.%I as %s', masked, it.name, it.body);
  end loop;
  for it in select oid, relname::text as name from pg_class
    where relnamespace = own::regnamespace and relkind = 'r' and pg_get_userbyid(relowner) = 'recourse_owner' loop
    select string_agg(case
      when hidden.name is not null and it.name in ('order_word', 'order_text') then
        'array_to_tsvector(array(select word from unnest(tsvector_to_array(words)) word where left(word, 2) in (''o:'', ''m:''))) as words'
      -- Other words are shown where they are written like a code, unless a foreign key or the law says what they can be.
      when hidden.name is null and format_type(a.atttypid, null) = 'text' and it.name <> all(lawful)
        and a.attname <> all('{id,order_id,merchant,what,kind,state,method}')
        and not exists (select from pg_constraint c where c.conrelid = it.oid and c.contype = 'f' and a.attnum = any(c.conkey)) then
        format('case when %1$I !~ ''^([A-Za-z_./:-]*[0-9][A-Za-z0-9_./:-]*|[a-z_-]{1,40}|[A-Z]{3}|)$'' then ''(hidden)'' else %1$I end as %1$I', a.attname)
      when hidden.name is null and format_type(a.atttypid, null) = 'jsonb' and it.name <> all(lawful) then
        format('case when %1$I is not null then ''[]''::jsonb end as %1$I', a.attname)
      when hidden.name is null then format('%I', a.attname)
      -- What people may write freely is shown where it is written like a code.
      when a.attname = 'alert' then format('case when alert ~ ''^[a-z0-9_-]{1,60}(/(#[0-9a-f]{6}|[a-z_]{1,40}|[A-Z]{3}))?$'' or (alert ~ ''^[a-z0-9_-]{1,60}/''
          and exists (select from %I.merchant where name = substr(alert, strpos(alert, ''/'') + 1))) then alert else ''(hidden)'' end as alert', own)
      when it.name = 'case_event' and a.attname = 'item' then
        'case when what = ''payout'' and item !~ ''^[A-Za-z_./:-]*[0-9][A-Za-z0-9_./:-]*$'' then ''(hidden)'' else item end as item'
      when a.attname in ('reference', 'of_capture', 'account') then
        format('case when %1$I !~ ''^([A-Za-z_./:-]*[0-9][A-Za-z0-9_./:-]*|[a-z_-]{1,40})$'' then ''(hidden)'' else %1$I end as %1$I', a.attname)
      else format('case when %1$I is not null then %2$L::%3$s end as %1$I', a.attname, case format_type(a.atttypid, null)
        when 'text' then '(hidden)' when 'text[]' then '{}' when 'jsonb' then '[]' when 'numeric' then '0' else '' end, format_type(a.atttypid, null)) end, ', ' order by a.attnum) into columns
    from pg_attribute a left join (select split_part(hidden, ' ', 1) as source, unnest(string_to_array(hidden, ' ')) as name from unnest(array[
      'orders buyer seller', 'transition note reference of_capture salt request_digest hash personal', 'dispute_case buyer seller phones', 'case_note body found', 'case_message body', 'case_event words request_digest item', 'payment_reference reference',
      'case_file name facts digest content', 'case_proposal rationale say_seller say_buyer', 'decision rationale say_seller say_buyer', 'payout_event words request_digest reference', 'payout reference', 'confirmation reference',
      'case_draft body', 'evidence detail', 'quarantine detail key raw message readings note', 'fact key', 'inbox words', 'order_word words', 'order_text words', 'seal own hash salt', 'seal_tip hash', 'fact_batch sum',
      'erasure why salt', 'request details body note message request_digest reference', 'received line', 'account_ask note message account', 'plan title request_digest', 'desk_policy why', 'person_change why', 'plan_event why', 'plan_result message', 'view_change query', 'alert_event alert reason said query rule', 'alert_delivery alert said fault']) hidden) hidden
      on hidden.source = it.name and hidden.name = a.attname::text
    where a.attrelid = it.oid and a.attnum > 0 and not a.attisdropped;
    -- A draft is read by its writer only.
    execute format('create view %I.%I as select %s from %I.%I%s', masked, it.name, columns, own, it.name, case it.name when 'case_draft' then ' where false' else '' end);
  end loop;
  -- Orders are found by ids, merchants and references. A name finds nothing, so that no one learns a name by guessing it.
  execute format('create or replace function %I.orders_named(names tsquery, texts text[], most int) returns setof text language sql stable security definer
    set search_path = %I, pg_temp as $f$
      select orders_named(regexp_replace(names::text, ''''''[bsp]([:''''])'', ''''''-\1'', ''g'')::tsquery,
        array(select regexp_replace(text::tsquery::text, ''''''[ngwr]([:''''])'', ''''''-\1'', ''g'') from unnest(texts) text), most)
    $f$', masked, own);
  execute format('revoke execute on function %I.orders_named(tsquery, text[], int) from public', masked);
  execute format('grant execute on function %I.orders_named(tsquery, text[], int) to recourse_masked', masked);
  -- How many orders have a word says that it is one.
  execute format('create or replace function %I.words_expected(names tsquery) returns bigint language sql immutable as $f$ select 0::bigint $f$', masked);
  execute format('revoke execute on function %I.words_expected(tsquery) from public', masked);
  execute format('grant execute on function %I.words_expected(tsquery) to recourse_masked', masked);
  -- Nor is a reference learned by guessing it.
  execute format('create or replace function %I.capture_doubt(refunded_order text, version int, capture text) returns text language sql immutable as $f$ select null::text $f$', masked);
  execute format('revoke execute on function %I.capture_doubt(text, int, text) from public', masked);
  execute format('grant execute on function %I.capture_doubt(text, int, text) to recourse_masked', masked);
  -- The program's own views, of what is masked.
  perform set_config('search_path', format('%I, %I, pg_temp', masked, own), true);
  foreach columns in array views loop
    execute columns;
  end loop;
  execute format('grant select on all tables in schema %I to recourse_masked', masked);
  perform set_config('search_path', format('%I, pg_temp', own), true);
end $$;

grant execute on function epoch_now(), feed_limit(), shown(timestamptz), told_at(text), micros(timestamptz), hour_of(timestamptz), text_words(text, text),
  folded(text), name_words(text, text), phones_of(text), phone_words(text), policy(), zone_of(jsonb), business_day(date, jsonb),
  business_add(timestamptz, bigint, jsonb), business_between(timestamptz, timestamptz, jsonb), is_asked(text), statement_rows(text, text, text, bigint, bigint, int),
  statement_moves(text, text, bigint, timestamptz, int), day_moves(date) to recourse_masked;

reset role;

do $$
begin
  execute format('grant select on all sequences in schema %I to recourse_masked', current_schema());
end $$;
