-- What is asked of the providers, and of whom: accounts, requests, what arrived and waits to be judged, and orders to be read.

set local role recourse_owner;

-- The accounts that a server announced, without their secrets: what can be asked of whom.
create table account (
  name text collate "C" constraint account_name_unique primary key,
  provider text not null,
  -- Whose orders it acts for; '*' is all of the provider.
  merchants text[] not null,
  environment text not null,
  sends boolean not null,
  -- Who carries what is captured, unless the request says so.
  shipping_company text,
  health text not null default 'unknown' constraint account_health_known check (health in ('unknown', 'good', 'stopped')),
  message text,
  -- Since when its health is what it is.
  since moment not null default clock_timestamp(),
  -- When a server last said that it has it.
  seen_at moment not null default clock_timestamp(),
  -- When the next call may go out: its servers share the rate.
  paced_until moment not null default 'epoch',
  -- When its orders are looked through next: one of its servers does.
  swept_until moment not null default 'epoch',
  constraint account_has_name check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$')
);

-- What has to reach a provider, byte by byte as it is sent but for headers and keys, and what became of it.
create table request (
  id bigint constraint request_id_unique primary key,
  order_id text collate "C" not null constraint request_order_exists references orders (id),
  -- The order as the person saw it.
  version int not null,
  provider text not null,
  account text not null,
  action text not null,
  actor text not null,
  -- Minor units of the order's currency.
  amount bigint constraint request_amount_positive check (amount > 0),
  -- What only some actions need: a comment, the shipping, a phone number.
  details jsonb default '{}',
  method text not null constraint request_method_known check (method in ('GET', 'POST', 'PUT', 'PATCH', 'DELETE')),
  path text not null constraint request_path_plain check (octet_length(path) <= 2000 and path ~ '^(/[A-Za-z0-9_.~%:/?&=+-]*)?$'),
  content_type text not null constraint request_content_type_plain check (content_type ~ '^[a-z]+/[a-z0-9.+-]{1,60}(; [a-z]+=[A-Za-z0-9-]{1,40})?$'),
  body bytea constraint request_body_short check (octet_length(body) <= 65536),
  -- Our own mark, which the provider keeps where it can.
  mark uuid not null,
  note text,
  reason text constraint request_reason_is_code check (reason ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}$'),
  plan bigint constraint request_plan_exists references plan,
  place int,
  -- A command that is sent twice asks once.
  request_id uuid not null constraint request_once unique,
  request_digest bytea not null,
  constraint request_texts_short check (octet_length(concat(note, reference)) <= 20000 and octet_length(details::text) <= 20000
    and octet_length(request_digest) <= 32),
  asked_by text not null,
  login text not null default session_user,
  created_at moment not null default clock_timestamp(),
  state text not null default 'queued',
  -- How often it was written to the provider. Readings do not count.
  attempts int not null default 0,
  sent_at moment,
  -- The provider's words or code, or why it ended as it did.
  message text,
  -- The provider's id of what was done.
  reference text,
  -- The transition that it led to.
  seq int,
  ended_at moment,
  -- Who let money go out that needs another person.
  approved_by text,
  -- Who said what became of it, where the provider did not.
  settled_by text,
  -- Who changed its state last.
  moved_by text not null,
  moved_login text not null default session_user,
  constraint request_state_known check (state in ('to_approve', 'queued', 'sending', 'unknown', 'done', 'refused', 'not_done', 'withdrawn')),
  constraint request_open_has_body check (body is not null or state in ('done', 'refused', 'not_done', 'withdrawn')),
  constraint request_done_has_transition check (state <> 'done' or seq is not null),
  constraint request_transition_exists foreign key (order_id, seq) references transition (order_id, seq) deferrable initially deferred
);
-- At most one open request for each order.
create unique index request_open_once on request (order_id) where state in ('to_approve', 'queued', 'sending', 'unknown');
create index request_open on request (state, id) where state in ('to_approve', 'queued', 'sending', 'unknown');
create index request_of_order on request (order_id, id);
create index request_of_plan on request (plan, place) where plan is not null;
create index request_recent on request (ended_at) where ended_at is not null;

-- How a request may go on, and who decides it: the server, or a person by a permission.
create table request_step (
  from_state text not null,
  to_state text not null,
  by text not null,
  constraint request_step_once primary key (from_state, to_state, by)
);
insert into request_step values
  ('to_approve', 'queued', 'approve'), ('to_approve', 'withdrawn', 'withdraw'), ('queued', 'withdrawn', 'withdraw'),
  ('queued', 'sending', 'server'), ('queued', 'refused', 'server'),
  ('sending', 'queued', 'server'), ('sending', 'unknown', 'server'), ('sending', 'done', 'server'), ('sending', 'refused', 'server'),
  ('unknown', 'done', 'server'), ('unknown', 'refused', 'server'), ('unknown', 'not_done', 'server'),
  ('unknown', 'done', 'settle'), ('unknown', 'not_done', 'settle');

-- Whose turn an open request is: work in progress, which says nothing about what happened.
create table request_turn (
  request bigint constraint request_turn_unique primary key constraint request_turn_request_exists references request,
  account text not null,
  -- When it is next sent, or asked about.
  next_at moment not null default clock_timestamp(),
  -- The server that has it, and until when.
  server uuid,
  lease moment,
  -- How often the order was read since it became unknown, and since when.
  looks int not null default 0,
  unknown_since moment,
  -- When a reading first showed no change.
  unchanged_at moment,
  -- The provider answered that the order is not where it was thought to be.
  conflict boolean not null default false
);
create index request_turn_next on request_turn (account, next_at);

-- Notifications that were stored before the provider was answered, and wait to be judged. Judging them removes them.
create table received (
  id bigint constraint received_id_unique primary key,
  account text not null,
  provider text not null,
  -- A line of an import, or bytes that cannot be one.
  line bytea not null,
  is_line boolean not null,
  received_at moment not null default clock_timestamp()
);

-- Orders to be read at the provider, each once however often it is wanted.
create table reading (
  order_id text collate "C" constraint reading_order_once primary key,
  account text not null,
  why text not null constraint reading_why_known check (why in ('unknown_order', 'ids', 'confirm', 'deadline', 'asked', 'sweep')),
  wanted_at moment not null default clock_timestamp(),
  next_at moment not null default clock_timestamp(),
  attempts int not null default 0,
  server uuid,
  lease moment,
  message text
);
create index reading_next on reading (account, next_at);

-- What a running server is asked, and what it answers: checks of credentials, reading its file again, reading orders, and recording what
-- the provider did with one.
create table account_ask (
  id bigint constraint account_ask_id_unique primary key,
  account text not null constraint account_ask_account_short check (octet_length(account) <= 200),
  what text not null constraint account_ask_known check (what in ('check', 'reload', 'read', 'adopt')),
  -- The orders to be read, or the one whose way from here to there is recorded: which way, counted from 1, and why.
  orders text[] constraint account_ask_orders_few check (cardinality(orders) >= 1 and cardinality(orders) <= 1000 and array_ndims(orders) = 1 and array_position(orders, null) is null),
  order_id text collate "C" constraint account_ask_order_exists references orders (id),
  way int constraint account_ask_way_counts check (way >= 1),
  note text,
  asked_by text not null,
  login text not null default session_user,
  asked_at moment not null default clock_timestamp(),
  answered_at moment,
  good boolean,
  message text,
  constraint account_ask_reads_orders check ((what = 'read') = (orders is not null)),
  constraint account_ask_adopts_order check ((what = 'adopt') = (order_id is not null)),
  -- The note is kept until it is answered: then the log has it.
  constraint account_ask_adopts_with_note check (case when answered_at is not null then note is null
    when what = 'adopt' then coalesce(says(note), false) and octet_length(note) <= 2000 else note is null end)
);
create index account_ask_adopts on account_ask (order_id) where what = 'adopt' and answered_at is null;
create index account_ask_open on account_ask (id) where answered_at is null;

-- Whether money that goes out needs another person by these limits. What they do not name does.
create function is_above(limits jsonb, what text, coin text, minor numeric) returns boolean language plpgsql immutable as $$
declare said jsonb := limits->what; most jsonb;
begin
  if jsonb_typeof(said) = 'null' then
    return false;
  end if;
  most := said->coin;
  return case jsonb_typeof(most) when 'null' then false when 'number' then minor is null or minor > most::text::numeric else true end;
end $$;

-- What was asked for before in this way of an order, or may still be done, without another person: parts of an amount are one amount.
-- That something was not done counts if the provider said it; a person's word alone lets no more money go out.
create function request_asked_before(of text, what text, before bigint) returns numeric language sql stable security definer
  return (select coalesce(sum(amount), 0) from request where order_id = of and action = what and approved_by is null
    and id < before and (state in ('queued', 'sending', 'unknown', 'done') or (state = 'not_done' and settled_by is not null)));

-- Whether a server may write this: what others report, and what the program keeps for them.
create function server_only() returns trigger language plpgsql as $$
begin
  if not is_intake() then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;
create trigger account_server before insert or update or delete on account for each row execute function server_only();
create trigger received_server before insert or delete on received for each row execute function server_only();
create trigger reading_server before insert or update or delete on reading for each row execute function server_only();
create trigger seen_server before insert or update on seen for each row execute function server_only();

-- An account whose credentials are accepted says so of the merchants that it acts for.
create function account_works() returns trigger language plpgsql security definer as $$
begin
  update merchant_token m set works = true, at = clock_timestamp() where not m.works and (m.merchant = any(new.merchants) or '*' = any(new.merchants));
  return null;
end $$;
create trigger account_works after update on account for each row
  when (new.provider = 'tamara' and new.health = 'good' and old.health <> 'good') execute function account_works();

create function account_ask_seal() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    perform acts_as(new.asked_by);
    if not is_intake() then
      perform permitted(new.asked_by, case when new.what in ('read', 'adopt') then 'drift' else 'account' end,
        case new.what when 'read' then 'check' when 'adopt' then 'adopt' else 'change' end);
    end if;
    new.login := session_user;
    new.asked_at := clock_timestamp();
    new.answered_at := null;
    new.good := null;
    new.message := null;
    if exists (select from unnest(new.orders) of where not exists (select from orders where id = of)) then
      perform refuse('account_ask_order_exists', 'there is no such order');
    end if;
    return new;
  end if;
  -- An erasure ends what waits, and takes its note.
  if not is_intake() and not (current_user = 'recourse_owner' and pg_trigger_depth() > 1) then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  if old.answered_at is not null then
    perform refuse('account_ask_answered_once', 'it was answered before');
  end if;
  new.id := old.id;
  new.account := old.account;
  new.what := old.what;
  new.orders := old.orders;
  new.order_id := old.order_id;
  new.way := old.way;
  new.note := null;
  new.asked_by := old.asked_by;
  new.login := old.login;
  new.asked_at := old.asked_at;
  new.answered_at := clock_timestamp();
  return new;
end $$;
create trigger account_ask_seal before insert or update on account_ask for each row execute function account_ask_seal();

-- A request is judged when it is asked: who asks, what the law allows from the order's status, and who has to approve it.
create function request_begin() returns trigger language plpgsql security definer as $$
declare o orders;
begin
  perform acts_as(new.asked_by);
  new.login := session_user;
  new.moved_by := new.asked_by;
  new.moved_login := session_user;
  new.created_at := clock_timestamp();
  new.ended_at := null;
  new.seq := null;
  new.reference := null;
  new.message := null;
  new.sent_at := null;
  new.approved_by := null;
  new.settled_by := null;
  new.attempts := 0;
  perform permitted(new.asked_by, new.provider, new.actor || ' ' || new.action);
  -- A move of the order waits for this now, or is done.
  select * into o from orders where id = new.order_id for no key update;
  new.id := number_after(new.id, 'request_id_seq', (select max(id) from request));
  -- A plan that is withdrawn meanwhile asks for nothing more.
  if new.plan is not null then
    perform from plan where number = new.plan for share;
  end if;
  if o.version is distinct from new.version or o.provider is distinct from new.provider then
    perform refuse('request_version_of_order', 'the order is at version ' || coalesce(o.version::text, 'none'));
  end if;
  if not exists (select from rule where law = (select max(version) from law) and provider = o.provider and from_status = o.status
    and action = new.action and actor = new.actor and reaches_provider and has_amount = (new.amount is not null)
    and action in ('authorise', 'capture', 'cancel', 'refund', 'deliver')) then
    perform refuse('request_follows_rule', 'no rule allows ' || new.actor || ' ' || new.action || ' from ' || o.status);
  end if;
  if not exists (select from account a where a.name = new.account and a.provider = new.provider and a.sends
    and (o.merchant = any(a.merchants) or '*' = any(a.merchants))) then
    perform refuse('request_account_of_merchant', new.account || ' sends nothing for the merchant of this order');
  end if;
  if new.plan is not null and not exists (select from plan_row where plan = new.plan and place = new.place and order_id = new.order_id) then
    perform refuse('request_row_of_plan', 'the plan has no such row');
  end if;
  if new.plan is not null and ((select what from plan_event where plan = new.plan order by seq desc limit 1) is distinct from 'started'
      or not exists (select from plan_row where plan = new.plan and place = new.place
        and (new.action = 'authorise' and new.amount is null or (follow, amount) = (new.action, new.amount)))) then
    perform refuse('request_row_of_plan', 'the plan is not running, or its row says something else');
  end if;
  new.state := case when o.provider = 'tamara' and is_above(policy()->'requests', new.action, o.currency, new.amount + request_asked_before(new.order_id, new.action, new.id)) then 'to_approve' else 'queued' end;
  return new;
end $$;
create trigger request_begin before insert on request for each row execute function request_begin();

-- A person's word or the server's moves it on, each as far as they may.
create function request_move() returns trigger language plpgsql as $$
declare by_person text;
begin
  -- An erasure takes the texts away.
  if current_user = 'recourse_owner' and pg_trigger_depth() > 1 and new.state = old.state
    and taken_away(to_jsonb(old), to_jsonb(new)) then
    return new;
  end if;
  if new.state = old.state then
    perform refuse('request_moves_on', 'a request changes with its state');
  end if;
  perform acts_as(new.moved_by);
  select by into by_person from request_step where from_state = old.state and to_state = new.state and by <> 'server'
    and (by = 'withdraw' and may(new.moved_by, 'request', 'withdraw ' || old.provider) or by <> 'withdraw' and may(new.moved_by, 'request', by));
  if exists (select from request_step where from_state = old.state and to_state = new.state and by = 'server') and is_intake() then
    by_person := coalesce(by_person, 'server');
  end if;
  if by_person is null then
    if not exists (select from request_step where from_state = old.state and to_state = new.state) then
      perform refuse('request_step_known', 'a request does not go from ' || old.state || ' to ' || new.state);
    end if;
    perform refuse('role_permits', new.moved_by || ' may not do this (request ' || old.state || ' to ' || new.state || ')');
  end if;
  -- What is sent is what was asked of the order as it was then.
  if new.state = 'sending' and old.version <> (select version from orders where id = old.order_id) then
    perform refuse('request_version_of_order', 'the order has moved since it was asked');
  end if;
  if old.state = 'to_approve' and new.state <> 'withdrawn' and (new.moved_by in (old.asked_by, old.login) or session_user = old.asked_by) then
    perform refuse('request_approved_by_other', new.moved_by || ' asked for this');
  end if;
  if by_person = 'settle' and says(new.message) is not true then
    perform refuse('request_settled_with_note', 'say how you know');
  end if;
  if by_person = 'settle' and new.state = 'done' and new.amount is not null and says(new.reference) is not true then
    perform refuse('request_settled_with_reference', 'name the provider''s id of what was done');
  end if;
  -- Only what was done has a transition and the provider's id.
  if new.state <> 'done' then
    new.seq := old.seq;
    new.reference := old.reference;
  end if;
  new.approved_by := case when old.state = 'to_approve' and new.state = 'queued' then new.moved_by else old.approved_by end;
  new.settled_by := case when by_person = 'settle' then new.moved_by else old.settled_by end;
  new.moved_login := session_user;
  new.attempts := old.attempts + (new.state = 'sending')::int;
  new.sent_at := case when new.state = 'sending' then clock_timestamp() else old.sent_at end;
  new.ended_at := case when new.state in ('done', 'refused', 'not_done', 'withdrawn') then clock_timestamp() end;
  if (new.id, new.order_id, new.version, new.provider, new.account, new.action, new.actor, new.amount, new.details, new.method, new.path, new.content_type, new.body, new.mark,
      new.plan, new.place, new.request_id, new.request_digest, new.asked_by, new.login, new.created_at, new.note, new.reason)
    is distinct from (old.id, old.order_id, old.version, old.provider, old.account, old.action, old.actor, old.amount, old.details, old.method, old.path, old.content_type, old.body, old.mark,
      old.plan, old.place, old.request_id, old.request_digest, old.asked_by, old.login, old.created_at, old.note, old.reason) then
    perform refuse('request_asked_once', 'what was asked stays as it was asked');
  end if;
  return new;
end $$;
create trigger request_move before update on request for each row execute function request_move();

-- At the end of the transaction, what was done is a move of the order as it was asked, made since.
create function request_was_done() returns trigger language plpgsql security definer as $$
begin
  if not exists (select from transition t where t.order_id = new.order_id and t.seq = new.seq and t.seq > new.version and t.actor = new.actor
      and (t.action = new.action and t.amount is not distinct from new.amount or new.action = 'authorise' and t.action = 'capture')) then
    perform refuse('request_done_by_its_move', 'move ' || new.seq || ' of the order is not what was asked');
  end if;
  return null;
end $$;
create constraint trigger request_done_by_its_move after update on request deferrable initially deferred
  for each row when (new.state = 'done' and old.state <> 'done') execute function request_was_done();

-- Moves a request on from one state to another, if it is still there. Returns whether it was.
create function request_goes(which bigint, from_this text, becomes text, said text, called text, transition int, by text) returns boolean
language plpgsql security definer as $$
begin
  perform working();
  update request set state = becomes, message = case when becomes in ('sending', 'withdrawn') then said else coalesce(said, message) end, reference = coalesce(called, reference), seq = coalesce(transition, seq), moved_by = by
    where id = which and state = from_this;
  return found;
end $$;

-- An open request has a turn as long as something has to be done about it.
create function request_turns() returns trigger language plpgsql security definer as $$
begin
  if new.state = 'queued' then
    insert into request_turn (request, account) values (new.id, new.account) on conflict do nothing;
    if tg_op = 'UPDATE' and old.state = 'sending' then
      update request_turn set server = null, lease = null where request = new.id;
    end if;
  elsif new.state = 'unknown' then
    update request_turn set server = null, lease = null, looks = 0, unknown_since = clock_timestamp(), unchanged_at = null, next_at = clock_timestamp() where request = new.id;
  elsif new.ended_at is not null then
    delete from request_turn where request = new.id;
  end if;
  return null;
end $$;
create trigger request_turns after insert or update on request for each row execute function request_turns();
-- How a request went on concerns who asked for it. A row of a plan is told with its plan.
create function request_concerns() returns trigger language plpgsql security definer as $$
declare kind text := case
    when new.state = 'queued' and old.state = 'to_approve' then 'request_approved'
    when new.state in ('withdrawn', 'refused', 'unknown', 'not_done') then 'request_' || new.state
    when new.state = 'done' and old.state = 'unknown' then 'request_done' end;
  -- A server moves requests automatically.
  doer text := case when new.state in ('queued', 'withdrawn') or not pg_has_role(session_user, 'recourse_intake', 'member') then new.moved_by else '' end;
begin
  insert into inbox (person, what, request, seq, recorder, at)
    select new.asked_by, kind, new.id, 1, doer, clock_timestamp() where kind is not null and doer <> new.asked_by
    on conflict on constraint inbox_request_once do nothing;
  return null;
end $$;
create trigger request_concerns after update on request for each row when (new.plan is null and new.state <> old.state) execute function request_concerns();
alter table inbox add constraint inbox_request_exists foreign key (request) references request;
create trigger request_sealed after insert or update on request for each row execute function sealed('order_id', 'id', 'details body note message', '');
create trigger request_turn_server before update on request_turn for each row execute function server_only();

-- How a server carries messages to parties, if one does. Without it, a message is only recorded.
create table messenger (
  one boolean constraint messenger_unique primary key constraint messenger_one check (one),
  kind text not null constraint messenger_kind_known check (kind in ('command', 'webhook')),
  seen_at moment not null default clock_timestamp()
);

-- What became of a message that a server carries.
create table message_delivery (
  order_id text collate "C" not null,
  number int not null,
  seq int not null,
  state text not null default 'queued' constraint message_delivery_state_known check (state in ('queued', 'sent', 'failed')),
  tries int not null default 0,
  due_at moment not null default clock_timestamp(),
  fault text,
  sent_at moment,
  constraint message_delivery_once primary key (order_id, number, seq),
  constraint message_delivery_message_exists foreign key (order_id, number, seq) references case_message (order_id, number, seq)
);
create index message_delivery_due on message_delivery (due_at) where state = 'queued';
create trigger messenger_server before insert or update or delete on messenger for each row execute function server_only();
create trigger message_delivery_server before update on message_delivery for each row execute function server_only();

create function message_carried() returns trigger language plpgsql security definer as $$
begin
  insert into message_delivery (order_id, number, seq) select new.order_id, new.number, new.seq
    where exists (select from messenger where seen_at > clock_timestamp() - interval '2 minutes');
  return null;
end $$;
create trigger message_carried after insert on case_message for each row when (new.what in ('messaged', 'asked')) execute function message_carried();

-- Whether a request of this order is under way.
create function is_asked(which text) returns boolean language plpgsql stable security definer as $$
begin
  return exists (select from request where order_id = which and state in ('to_approve', 'queued', 'sending', 'unknown'));
end $$;

reset role;
