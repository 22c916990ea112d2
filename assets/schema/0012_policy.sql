-- The policy of the dispute desk: reasons, clocks, business hours, limits, canned texts.

set local role recourse_owner;

-- One policy for everyone; the newest row counts. Limits are minor units of their currency, lengths are seconds.
create table desk_policy (
  number int constraint desk_policy_number_unique primary key,
  body jsonb not null,
  -- The file as it was written.
  source text not null constraint desk_policy_source_short check (octet_length(source) <= 1000000),
  -- Why it was changed.
  why text constraint desk_policy_why_short check (octet_length(why) <= 2000),
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp()
);

create function policy() returns jsonb language sql stable security definer as $$
  select body from desk_policy order by number desc limit 1
$$;

-- Whether a decision about this amount needs another person. A currency of which the policy says nothing does.
create function needs_approval(coin text, total bigint) returns boolean language plpgsql stable as $$
declare most jsonb := policy()->'limits'->coin;
begin
  return case jsonb_typeof(most) when 'null' then false when 'number' then total > most::text::numeric else true end;
end $$;

-- Whether this is a day of the calendar, written like 2026-12-25.
create function is_day(said text) returns boolean language plpgsql immutable as $$
begin
  return said ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and to_char(said::date, 'YYYY-MM-DD') = said;
exception when others then
  return false;
end $$;

-- What is wrong with the shape of a policy; null if nothing is. A limit of null means that no one else has to approve.
create function policy_fault(body jsonb) returns text language plpgsql stable as $$
declare said text;
begin
  if jsonb_typeof(body) is distinct from 'object' then
    return 'a policy is an object';
  end if;
  select string_agg(key, ', ') into said from jsonb_object_keys(body) key where key <> all('{lease,escalate,limits,file_limit,plans_need_approval,requests,presets,
    hours,clocks,reasons,macros,letters,on_call,retention}'::text[]);
  if said is not null then
    return 'a policy does not have ' || said;
  end if;
  select string_agg(key || ' must be of the kind ' || wanted, '; ') into said from (values ('lease', 'number'), ('file_limit', 'number'),
    ('escalate', 'array'), ('presets', 'array'), ('limits', 'object'), ('clocks', 'object'), ('reasons', 'array'), ('macros', 'array'),
    ('plans_need_approval', 'boolean'), ('retention', 'object'), ('requests', 'object')) kinds (key, wanted) where jsonb_typeof(body->key) is distinct from wanted;
  if said is not null then
    return said;
  end if;
  if coalesce(jsonb_typeof(body->'hours'), 'missing') not in ('object', 'null') then
    return 'hours must be an object or null';
  end if;
  select string_agg('limits has neither an amount nor null for ' || c.currency, '; ') into said from provider_currency c
    where c.provider = 'atarapay' and not coalesce(jsonb_typeof(body->'limits'->c.currency) = 'null'
      or (jsonb_typeof(body->'limits'->c.currency) = 'number' and body->'limits'->>c.currency ~ '^[0-9]{1,18}$'), false);
  if said is not null then
    return said;
  end if;
  select string_agg('the clock ' || key || ' needs seconds, business and then', '; ') into said from jsonb_each(body->'clocks')
    where not coalesce(jsonb_typeof(value->'seconds') = 'number' and value->>'seconds' ~ '^[0-9]{1,9}$'
      and jsonb_typeof(value->'business') = 'boolean' and jsonb_typeof(value->'then') = 'string' and value - '{seconds,business,then}'::text[] = '{}', false);
  if said is null then
    select string_agg('retention has neither seconds nor null for ' || key, '; ') into said
      from unnest('{names,messages,notes,files,decisions}'::text[]) key
      where not coalesce(jsonb_typeof(body->'retention'->key) = 'null' or body->'retention'->>key ~ '^[0-9]{1,10}$', false);
  end if;
  if said is null and (
    exists (select from jsonb_array_elements(body->'escalate') it where it::text !~ '^[0-9]{1,10}$')
    or exists (select from jsonb_array_elements(body->'presets') it where it::text !~ '^([0-9]{1,2}|100)$')) then
    said := 'escalate has seconds, and presets have percentages, as whole numbers';
  end if;
  if said is null and (
    exists (select from jsonb_array_elements(body->'reasons') it where coalesce(jsonb_typeof(it->'code'), '') <> 'string' or coalesce(jsonb_typeof(it->'title'), '') <> 'string'
      or coalesce(jsonb_typeof(it->'checklist'), 'array') <> 'array' or coalesce(jsonb_typeof(it->'for_buyer'), 'string') <> 'string'
      or coalesce(jsonb_typeof(it->'for_seller'), 'string') <> 'string' or coalesce(jsonb_typeof(it->'for_both'), 'string') <> 'string'
      or it->'checklist' @? '$[*] ? (@.type() != "string")')
    or exists (select from jsonb_array_elements(body->'macros') it where coalesce(jsonb_typeof(it->'name'), '') <> 'string' or coalesce(jsonb_typeof(it->'text'), '') <> 'string'
      or coalesce(it->>'to', '') not in ('buyer', 'seller') or coalesce(jsonb_typeof(it->'ar'), 'string') <> 'string')
    or exists (select from jsonb_array_elements(body->'reasons') it where coalesce(jsonb_typeof(it->'ar'), 'object') <> 'object')) then
    said := 'each reason has a code and a title, and each canned text a name, a text and to';
  end if;
  if said is null and jsonb_typeof(body->'hours') = 'object' and (coalesce(jsonb_typeof(body->'hours'->'days'), '') <> 'array'
    or coalesce(jsonb_typeof(body->'hours'->'holidays'), '') <> 'array' or coalesce(body->'hours'->>'from', '') !~ '^[0-9]{1,4}$'
    or coalesce(body->'hours'->>'to', '') !~ '^[0-9]{1,4}$') then
    said := 'hours have days and holidays as lists, and from and to as minutes';
  end if;
  if said is null and jsonb_typeof(body->'hours') = 'object' and (jsonb_typeof(body->'hours'->'from') <> 'number' or jsonb_typeof(body->'hours'->'to') <> 'number'
    or coalesce(jsonb_typeof(body->'hours'->'zone'), '') <> 'string' or exists (select from jsonb_array_elements(body->'hours'->'days') day where day::text !~ '^[1-7]$')) then
    said := 'hours have a zone, whole days of the week, and from and to as whole minutes';
  end if;
  if said is null and jsonb_typeof(body->'hours') = 'object' and (body->'hours') - '{zone,days,from,to,holidays}'::text[] <> '{}' then
    said := 'hours have zone, days, from, to and holidays, and nothing else';
  end if;
  if said is null and (body->'hours'->'days' @? '$[*] ? (@.type() != "number" || @ < 1 || @ > 7)' or body->'hours'->'holidays' @? '$[*] ? (@.type() != "string")') then
    said := 'the days of hours are numbers from 1 to 7, and holidays are dates';
  end if;
  if said is null and jsonb_typeof(body->'hours') = 'object' and exists (select from jsonb_array_elements_text(body->'hours'->'holidays') day where not is_day(day)) then
    said := 'a holiday is a day like 2026-12-25';
  end if;
  if said is null and exists (select from jsonb_object_keys(body->'clocks') name
      where name <> all('{first_answer,buyer_answer,seller_answer,decision,approval,payout}'::text[])) then
    said := 'the clocks are first_answer, buyer_answer, seller_answer, decision, approval and payout';
  end if;
  if said is null and exists (select from jsonb_each(body->'limits') it where not (jsonb_typeof(it.value) = 'null' or it.value::text ~ '^[0-9]{1,18}$')) then
    said := 'limits are whole numbers, or null';
  end if;
  if said is null and (body->'requests') - '{authorise,capture,cancel,refund}'::text[] <> '{}' then
    said := 'requests are authorise, capture, cancel and refund';
  end if;
  if said is null then
    select string_agg('requests has neither limits nor null for ' || what, '; ') into said from unnest('{authorise,capture,cancel,refund}'::text[]) what
      where not coalesce(jsonb_typeof(body->'requests'->what) = 'null' or (jsonb_typeof(body->'requests'->what) = 'object' and not exists (
        select from jsonb_each(body->'requests'->what) it where not (jsonb_typeof(it.value) = 'null' or it.value::text ~ '^[0-9]{1,18}$'))), false);
  end if;
  if said is null and not coalesce(body->'letters' is null or (jsonb_typeof(body->'letters') = 'object'
      and (body->'letters') - '{language,en,ar}'::text[] = '{}' and coalesce(body->'letters'->>'language', 'en') in ('en', 'ar')
      and not exists (select from jsonb_each(body->'letters') it where it.key in ('en', 'ar') and (jsonb_typeof(it.value) <> 'object'
        or it.value - '{appeal,signature}'::text[] <> '{}' or it.value @? '$.* ? (@.type() != "string" && @.type() != "null")'))), false) then
    said := 'letters have a language, en and ar, and each of these two an appeal and a signature';
  end if;
  if said is null and not coalesce(body->'on_call' is null or (jsonb_typeof(body->'on_call') = 'array' and not exists (
      select from jsonb_array_elements(body->'on_call') it where jsonb_typeof(it) <> 'object' or it - '{who,days,from,to}'::text[] <> '{}'
        or not coalesce(jsonb_typeof(it->'who') = 'string' and jsonb_typeof(it->'days') = 'array' and it->>'from' ~ '^[0-9]{1,4}$' and jsonb_typeof(it->'from') = 'number'
          and it->>'to' ~ '^[0-9]{1,4}$' and jsonb_typeof(it->'to') = 'number', false)
        or exists (select from jsonb_array_elements(it->'days') day where day::text !~ '^[1-7]$'))), false) then
    said := 'on_call lists who is on call on which days, from and to which minute';
  end if;
  if said is null and (exists (select from jsonb_array_elements(body->'reasons') it
        where it - '{code,title,checklist,for_buyer,for_seller,for_both,ar,retired}'::text[] <> '{}' or coalesce(jsonb_typeof(it->'retired'), 'boolean') <> 'boolean'
          or (it ? 'ar' and ((it->'ar') - '{title,for_buyer,for_seller,for_both}'::text[] <> '{}' or it->'ar' @? '$.* ? (@.type() != "string" && @.type() != "null")')))
      or exists (select from jsonb_array_elements(body->'macros') it where it - '{name,to,text,ar}'::text[] <> '{}')) then
    said := 'a reason or a canned text has something that is not known';
  end if;
  if said is null and (body->'retention') - '{names,messages,notes,files,decisions}'::text[] <> '{}' then
    said := 'retention is of names, messages, notes, files and decisions';
  end if;
  if said is null and exists (select from jsonb_each(body->'retention') it where jsonb_typeof(it.value) not in ('number', 'null')) then
    said := 'retention is in seconds, or null';
  end if;
  if said is null and exists (select from jsonb_array_elements(body->'escalate') with ordinality it (value, place)
      join jsonb_array_elements(body->'escalate') with ordinality before (value, place) on before.place = it.place - 1
      where before.value::text::bigint >= it.value::text::bigint) then
    said := 'each level of escalate is later than the one before';
  end if;
  if said is null and not (body->>'lease' ~ '^[1-9][0-9]{0,8}$' and body->>'file_limit' ~ '^[1-9][0-9]{0,8}$') then
    said := 'lease and file_limit must be whole numbers above zero';
  end if;
  return said;
end $$;

-- The zone of business hours as PostgreSQL reads it. Without its name, +03:00 would mean west of UTC.
create function zone_of(hours jsonb) returns text language sql immutable as $$
  select case when hours->>'zone' ~ '^[+-][0-9]{2}:[0-9]{2}$' then 'DESK' || translate(hours->>'zone', '+-', '-+') else hours->>'zone' end
$$;

-- When business opens and closes on a day, if it does.
create function business_day(day date, hours jsonb, out opens timestamptz, out closes timestamptz)
language plpgsql stable as $$
begin
  if hours->'days' @> to_jsonb(extract(isodow from day)::int) and not coalesce(hours->'holidays' ? to_char(day, 'YYYY-MM-DD'), false) then
    opens := (day + make_interval(mins => (hours->>'from')::int)) at time zone zone_of(hours);
    closes := (day + make_interval(mins => (hours->>'to')::int)) at time zone zone_of(hours);
  end if;
end $$;

-- The time after so many seconds: of business hours if there are any, else of the clock.
create function business_add(start timestamptz, seconds bigint, hours jsonb) returns timestamptz
language plpgsql stable as $$
declare day date; rest bigint := seconds; here bigint; hour record;
begin
  if hours is null or jsonb_typeof(hours) <> 'object' then return start + make_interval(secs => seconds); end if;
  day := (start at time zone zone_of(hours))::date;
  for ahead in 0 .. 3660 loop
    hour := business_day(day + ahead, hours);
    if hour.opens is not null and hour.closes > start then
      here := extract(epoch from hour.closes - greatest(start, hour.opens))::bigint;
      if here >= rest then return greatest(start, hour.opens) + make_interval(secs => rest); end if;
      rest := rest - here;
    end if;
  end loop;
  return start + make_interval(secs => seconds);
end $$;

-- How many seconds of business hours are between two times. Negative if the second comes first.
create function business_between(start timestamptz, finish timestamptz, hours jsonb) returns bigint
language plpgsql stable as $$
declare day date; seconds bigint := 0; hour record;
begin
  -- Day by day: nobody waits for centuries.
  if not isfinite(start) or not isfinite(finish) or abs(extract(epoch from finish - start)) > 3200000000 then return null; end if;
  if hours is null or jsonb_typeof(hours) <> 'object' then return extract(epoch from finish - start)::bigint; end if;
  if finish < start then return - business_between(finish, start, hours); end if;
  day := (start at time zone zone_of(hours))::date;
  while day <= (finish at time zone zone_of(hours))::date loop
    hour := business_day(day, hours);
    if hour.opens is not null then
      seconds := seconds + greatest(0, extract(epoch from least(hour.closes, finish) - greatest(hour.opens, start))::bigint);
    end if;
    day := day + 1;
  end loop;
  return seconds;
end $$;

create function policy_seal() returns trigger language plpgsql security definer as $$
begin
  perform acts_as(new.recorder);
  new.login := session_user;
  new.at := clock_timestamp();
  perform permitted(new.recorder, 'policy', 'change');
  if new.number <> coalesce((select max(number) from desk_policy), 0) + 1 then
    perform refuse('desk_policy_number_unique', 'someone else just set another policy');
  end if;
  if policy_fault(new.body) is not null then
    perform refuse('desk_policy_shape', policy_fault(new.body));
  end if;
  if jsonb_typeof(new.body->'hours') = 'object' and not (new.body->'hours'->>'zone' ~ '^[+-][0-9]{2}:[0-9]{2}$' or new.body->'hours'->>'zone' = 'UTC'
    or (new.body->'hours'->>'zone' like '%/%' and exists (select from pg_timezone_names where name = new.body->'hours'->>'zone'))) then
    perform refuse('desk_policy_zone_known', (new.body->'hours'->>'zone') || ' is not a zone that this server knows');
  end if;
  -- Business hours that cannot be computed must fail now, not with the first case.
  perform business_add(clock_timestamp(), 3600, new.body->'hours');
  return new;
end $$;
create trigger policy_seal before insert on desk_policy for each row execute function policy_seal();

reset role;
