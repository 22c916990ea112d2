-- Orders and their transitions. The log of transitions is the truth; orders is its projection. Amounts are minor units of the
-- order's currency.

set local role recourse_owner;

create table orders (
  id text collate "C" constraint orders_id_unique primary key,
  provider text not null,
  currency text not null,
  amount bigint not null constraint orders_amount_positive check (amount > 0),
  cancellation_fee bigint constraint orders_cancellation_fee_not_negative check (cancellation_fee >= 0),
  merchant text,
  buyer text,
  seller text,
  opened_at timestamptz not null,
  status text not null default '',
  version int not null default 0,
  authorised bigint not null default 0,
  canceled bigint not null default 0,
  captured bigint not null default 0,
  refunded bigint not null default 0,
  attempt smallint not null default 1,
  rejection_pending boolean not null default false,
  outcome text,
  to_seller bigint,
  to_buyer bigint,
  entered_at timestamptz not null default '-infinity',
  moved_at timestamptz not null default '-infinity',
  due_at timestamptz,
  -- How many of its transitions should have reached the provider and are not confirmed.
  unconfirmed int not null default 0,
  -- When the first of them was recorded.
  unconfirmed_since moment,
  -- When its last transition was recorded.
  changed_at timestamptz not null default 'epoch',
  -- All that a transition leaves behind for the next one, as one value to compare.
  state text collate "C" generated always as (
    status || ' ' || amount::text || ' ' || authorised::text || ' ' || canceled::text || ' ' || captured::text || ' '
    || refunded::text || ' ' || attempt::text || ' ' || rejection_pending::text || ' ' || coalesce(outcome, '-') || ' '
    || coalesce(to_seller::text, '-') || ' ' || coalesce(to_buyer::text, '-')) stored,
  constraint orders_unconfirmed_since_first check ((unconfirmed > 0) = (unconfirmed_since is not null)),
  constraint orders_id_starts_with_provider check (starts_with(id, provider || ':') and length(id) > length(provider) + 1),
  constraint orders_currency_of_provider foreign key (provider, currency) references provider_currency
);

-- As is_seen, with its letters written out: PostgreSQL takes a function in a CHECK apart again in each statement that changes an order.
do $$
begin
  execute format('alter table orders add constraint orders_id_short_and_printable
    check (octet_length(id) <= octet_length(provider) + 201 and id !~ %L and id !~ %L)', unseen(), '^[^:]*: | $');
end $$;

-- What every move must be. A CHECK of its own for each of these costs each statement a quarter of its time, because PostgreSQL reads the
-- stored form of them all again; one that calls this function is as strict, also while triggers are off, and names the broken rule.
-- Banks use plain letters: two references of payments that look the same are the same.
create function transition_fits(order_id text, provider text, action text, actor text, seq int, total bigint, amount bigint, authorised bigint, canceled bigint, captured bigint, refunded bigint, attempt smallint, outcome text, to_seller bigint, to_buyer bigint, source text, reason text, note text, reference text, of_capture text, personal bytea, contradictory boolean, happened_at timestamptz, request_id uuid, request_digest bytea)
returns boolean language plpgsql immutable as $$
begin
  if (starts_with(order_id, provider || ':')) is false then
    perform refuse('transition_provider_of_order', 'the order is another provider''s');
  end if;
  if ((seq = 1) = (action = 'open')) is false then
    perform refuse('transition_only_first_opens', 'the first move opens, and no other');
  end if;
  if (seq >= 1) is false then
    perform refuse('transition_version_from_one', 'versions count from 1');
  end if;
  if (action <> 'open' or (amount = total and authorised = 0 and canceled = 0 and captured = 0 and refunded = 0 and attempt = 1 and outcome is null and to_seller is null and to_buyer is null)) is false then
    perform refuse('transition_opening_is_empty', 'an opening has no amounts but its own');
  end if;
  if (amount > 0) is false then
    perform refuse('transition_amount_positive', 'an amount is more than zero');
  end if;
  if (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z') is false then
    perform refuse('transition_time_plausible', 'the time is not one that can be');
  end if;
  if ((request_id is null) = (request_digest is null)) is false then
    perform refuse('transition_request_has_digest', 'a request id needs the digest of its request');
  end if;
  if (source in ('console', 'notification', 'import', 'clock', 'answer', 'reading')) is false then
    perform refuse('transition_source_known', 'the source is not known');
  end if;
  if (reason ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,59}$') is false then
    perform refuse('transition_reason_is_code', 'a reason is a code');
  end if;
  if (not contradictory or source <> 'console') is false then
    perform refuse('transition_contradictory_was_told', 'only what is told can contradict itself');
  end if;
  if (is_seen(reference) and is_seen(of_capture) and (source <> 'console' or action <> 'complete' or reference ~ '^[ -~]+$')) is false then
    perform refuse('transition_reference_printable', 'the reference has letters that no one sees');
  end if;
  if (source <> 'clock' or actor = 'clock') is false then
    perform refuse('transition_clock_moves_by_time', 'the clock moves what only time moves');
  end if;
  if (source <> 'console' or action = 'open' or actor not in ('buyer', 'seller', 'courier') or coalesce(says(note), personal is not null)) is false then
    perform refuse('transition_note_for_parties_word', 'a party''s word needs a note');
  end if;
  if (source <> 'console' or action <> 'complete' or coalesce(says(reference), false)) is false then
    perform refuse('transition_reference_for_payout', 'a completion needs the reference of the payment');
  end if;
  return true;
end $$;

-- The same as in_time, which would make JSON of each move: they are many, and wide.
create function move_in_time() returns trigger language plpgsql as $$
begin
  if clock_timestamp() > new.recorded_at + interval '45 seconds' and not is_intake() then
    perform refuse('committed_in_time', 'it began at ' || new.recorded_at::timestamptz(0));
  end if;
  return null;
end $$;

create table transition (
  order_id text collate "C" not null,
  seq int not null,
  law int not null,
  provider text not null,
  from_status text not null,
  action text not null,
  actor text not null,
  to_status text not null,
  total bigint not null,
  amount bigint,
  authorised bigint not null,
  canceled bigint not null,
  captured bigint not null,
  refunded bigint not null,
  attempt smallint not null,
  rejection_pending boolean not null,
  outcome text,
  to_seller bigint,
  to_buyer bigint,
  due_at timestamptz,
  happened_at timestamptz not null,
  recorded_at timestamptz not null,
  source text not null,
  recorder text not null,
  login text not null,
  reason text,
  note text,
  reference text,
  -- Of a refund: the provider's reference of the capture that it gives back.
  of_capture text,
  -- The digest of the note, and in the first transition of the order's names, and its salt. The hash covers the digest, so that what
  -- people wrote can be erased.
  salt bytea,
  personal bytea,
  inferred boolean not null default false,
  contradictory boolean not null default false,
  request_id uuid,
  request_digest bytea,
  hash bytea not null,
  epoch int not null,
  xid xid8 not null,
  -- Its place in the feed. The seal writes it.
  id bigint not null default 0,
  prev_seq int generated always as (nullif(seq, 1) - 1) stored,
  -- The state it leaves and the state it must have found, computed from what it did. The seal writes both, whatever the
  -- statement said: as generated columns they cost each insert a tenth of its time, because PostgreSQL parses them again.
  state text collate "C" not null,
  before text collate "C" not null,
  -- Whether we made this move and the provider must confirm it. The seal writes it.
  needs_confirmation boolean not null,

  constraint transition_version_unique primary key (order_id, seq),
  constraint transition_state_unique unique (order_id, seq, state),
  constraint transition_order_exists foreign key (order_id) references orders (id),
  constraint transition_follows_rule foreign key (law, provider, from_status, action, actor, to_status) references rule,
  constraint transition_continues_previous foreign key (order_id, prev_seq, before) references transition (order_id, seq, state),
  constraint transition_whole check (transition_fits(order_id, provider, action, actor, seq, total, amount, authorised, canceled, captured, refunded, attempt, outcome, to_seller, to_buyer, source, reason, note, reference, of_capture, personal, contradictory, happened_at, request_id, request_digest)),
  -- The order in which others are told: no two moves have one place.
  constraint transition_feed unique (epoch, xid, id)
);

create sequence transition_id_seq owned by transition.id;
-- The next number of the feed: of transitions, and of the events of cases.
create function feed_number() returns bigint language plpgsql security definer as $$
begin
  return nextval('transition_id_seq');
end $$;

alter table orders add constraint orders_match_last_transition
  foreign key (id, version, state) references transition (order_id, seq, state) deferrable initially deferred;

create unique index transition_request_unique on transition (order_id, request_id) where request_id is not null;
create index transition_by_request on transition (request_id) where request_id is not null;

-- One index for each way to sort a list. src/query/sort.rs has the same expressions.
create index orders_page on orders (provider, status, entered_at, id);
create index orders_by_due on orders (provider, status, (coalesce(due_at, '9999-01-01Z'::timestamptz)), id);
create index orders_by_amount on orders (provider, status,
  (- case when currency in ('KWD', 'BHD', 'OMR') then amount else least(amount, 900000000000000000) * 10 end), id);
create index orders_of_merchant on orders (merchant, provider, status, entered_at, id) where merchant is not null;
create index orders_due on orders (due_at, id) where due_at is not null;
create index orders_by_change on orders (provider, status, (- micros(changed_at)), id);
create index orders_unconfirmed on orders (unconfirmed_since, id) where unconfirmed > 0;

-- What the provider itself said of a transition that we made.
create table confirmation (
  order_id text collate "C" not null,
  seq int not null,
  reference text,
  happened_at timestamptz not null,
  recorded_at moment not null default clock_timestamp(),
  recorder text not null,
  login text not null default session_user,
  constraint confirmation_unique primary key (order_id, seq),
  constraint confirmation_not_of_opening check (seq > 1),
  constraint confirmation_time_plausible check (happened_at >= '1970-01-01Z' and happened_at < '9990-01-01Z'),
  constraint confirmation_transition_exists foreign key (order_id, seq) references transition (order_id, seq)
);

-- Counts as deltas that a later statement folds. One counter row per status would make every writer wait for every other.
create table tally (
  provider text not null,
  status text not null,
  currency text not null,
  orders bigint not null,
  amount numeric not null  -- a sum of many orders does not fit into a bigint
);

-- Locks an order until the transaction ends; false if there is none.
create function order_locked(which text) returns boolean language plpgsql security definer as $$
begin
  perform working();
  perform from orders where id = which for no key update;
  return found;
end $$;

create function orders_guard() returns trigger language plpgsql as $$
begin
  perform refuse('orders_changed_by_transitions_only', 'orders follow their transitions: insert a transition instead');
  return null;
end $$;
-- Depth 1 is a client's own statement; the trigger of the log updates at a greater depth.
create trigger orders_changed_by_transitions_only before update on orders for each row
  when (pg_trigger_depth() < 1) execute function orders_guard();

create function confirmation_seal() returns trigger language plpgsql as $$
begin
  perform acts_as(new.recorder);
  if not is_intake() and not exists (select from quarantine q cross join transition t where q.order_id = new.order_id and q.state = 'repeated'
      and q.settled_login = session_user and q.settled_xid = pg_current_xact_id() and t.order_id = new.order_id and t.seq = new.seq
      and q.happened_at = new.happened_at and exists (select from jsonb_array_elements(q.readings) r where r->>'action' = t.action and r->>'actor' = t.actor
          and r->>'reference' is not distinct from new.reference and (r->>'amount' is null or says_move(r, t)))
      -- One fact confirms one move.
      and (select count(*) from confirmation k where k.order_id = new.order_id and k.login = session_user and k.recorded_at >= transaction_timestamp())
        < (select count(*) from quarantine w where w.order_id = new.order_id and w.state = 'repeated' and w.settled_login = session_user
          and w.settled_xid = pg_current_xact_id())) then
    perform refuse('login_is_intake', session_user || ' is no member of recourse_intake');
  end if;
  new.login := session_user;
  new.recorded_at := clock_timestamp();
  return new;
end $$;
create trigger confirmation_seal before insert on confirmation for each row execute function confirmation_seal();

-- The provider has fewer transitions to confirm.
create function confirmation_count() returns trigger language plpgsql security definer as $$
begin
  update orders o set (unconfirmed, unconfirmed_since) = (
    select count(*), min(w.recorded_at) from transition w where w.order_id = new.order_id and w.needs_confirmation
      and not exists (select from confirmation c where c.order_id = w.order_id and c.seq = w.seq))
  from transition t where o.id = new.order_id and t.order_id = new.order_id and t.seq = new.seq and t.needs_confirmation;
  perform drift_judge(array[new.order_id]);
  return null;
end $$;
create trigger confirmation_count after insert on confirmation for each row execute function confirmation_count();

-- Folds the deltas into one row each, unless another session does it now.
create function tally_fold() returns int language plpgsql security definer as $$
declare folded int;
begin
  if not works() or not take_turn('tally', false) then return 0; end if;
  with taken as (delete from tally returning *),
  sums as (select provider, status, currency, sum(orders) as orders, sum(amount) as amount from taken group by 1, 2, 3),
  put as (insert into tally select * from sums where orders <> 0 or amount <> 0)
  select count(*) into folded from taken;
  return folded;
end $$;

reset role;
