-- Settlement statements of Tamara: their rows as they were read, and what does not agree with the book.

set local role recourse_owner;

-- A statement that is being read. Its rows are added while this stands; the statement itself ends it.
create table statement_load (
  id uuid constraint statement_load_once primary key,
  login text not null,
  at moment not null default clock_timestamp(),
  -- What was committed when it began: what was not is compared with it in the end.
  began pg_snapshot not null default pg_current_snapshot(),
  -- The merchants of its orders so far.
  merchants text[] not null default '{}'
);

-- Its rows that may not agree: all others are one of our moves, and no other row is.
create table statement_doubt (
  statement uuid not null constraint statement_doubt_while_read references statement_load on delete cascade,
  place int not null,
  constraint statement_doubt_once primary key (statement, place)
);

create table statement_row (
  statement uuid not null,
  -- Its place among the rows, from 1, and where it stands in the spreadsheet.
  place int not null constraint statement_row_counts_from_one check (place >= 1),
  sheet text not null constraint statement_row_sheet_printable check (is_seen(sheet) and octet_length(sheet) <= 200),
  line int not null constraint statement_row_line_counts check (line >= 1),
  -- The day in Riyadh.
  day date not null constraint statement_row_day_plausible check (day >= '2000-01-01' and day < '2100-01-01'),
  -- As orders are named here, whether or not there is such an order; and the merchant's number.
  order_id text collate "C" not null constraint statement_row_of_tamara check (starts_with(order_id, 'tamara:'))
    constraint statement_row_order_printable check (is_seen(order_id) and octet_length(order_id) <= 207),
  order_number text constraint statement_row_number_printable check (is_seen(order_number) and octet_length(order_number) <= 200),
  action text not null constraint statement_row_action_known check (action in ('capture', 'refund', 'cancel')),
  currency text not null,
  -- Minor units, without the sign.
  amount bigint not null constraint statement_row_amount_plausible check (amount >= 0 and amount <= 1000000000000),
  -- Millionths of the currency: they can have more digits than money has. What is paid to the merchant is negative if it is taken back.
  fees bigint not null,
  vat bigint not null,
  payable bigint not null,
  -- The amount with its sign, in millionths.
  told bigint not null,
  -- A capture with a minus is none: it was taken back.
  taken_back boolean generated always as (action = 'capture' and told < 0) stored,
  constraint statement_row_sums_plausible check (abs(fees) <= 1000000000000000 and abs(vat) <= 1000000000000000 and abs(payable) <= 1000000000000000 and abs(told) <= 1000000000000000),
  constraint statement_row_once primary key (statement, place)
);
create index statement_row_of_order on statement_row (order_id, action);
create index statement_row_of_day on statement_row using brin (day);

create table statement (
  number bigint constraint statement_number_unique primary key,
  id uuid not null constraint statement_id_unique unique,
  -- Tamara's id of it, and of its merchant, as its head has them.
  name text constraint statement_name_printable check (is_seen(name) and octet_length(name) <= 200),
  merchant text constraint statement_merchant_printable check (is_seen(merchant) and octet_length(merchant) <= 200),
  -- Over the head and all rows: the same statement is kept once.
  digest bytea not null,
  -- The period of its head, if that says one, else its first and last day.
  has_period boolean not null,
  first_day date,
  last_day date,
  rows int not null,
  -- The statement with the same name in whose place it stands.
  replaces bigint constraint statement_replaces_once unique constraint statement_replaces_one references statement,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  xid xid8 not null,
  constraint statement_days_in_order check (first_day <= last_day),
  constraint statement_days_plausible check (first_day >= '2000-01-01' and last_day < '2100-01-01')
);
create index statement_named on statement (name);
create index statement_of_digest on statement (digest);

-- The merchants of its orders, as far as they were known when it was kept.
create table statement_shop (
  statement bigint not null constraint statement_shop_statement_exists references statement,
  merchant text not null,
  constraint statement_shop_once primary key (merchant, statement)
);

-- What did not agree when it was kept: a row, or one of our moves that has no row two statements later.
create table statement_finding (
  statement bigint not null constraint statement_finding_statement_exists references statement,
  place int not null constraint statement_finding_counts_from_one check (place >= 1),
  kind text not null constraint statement_finding_kind_known check (kind in ('unknown_order', 'not_recorded', 'taken_back', 'does_not_add_up', 'no_row')),
  -- The row it is about, or the move.
  nr int,
  order_id text collate "C" not null,
  seq int,
  constraint statement_finding_about_one check ((kind = 'no_row') = (seq is not null) and num_nonnulls(nr, seq) = 1),
  constraint statement_finding_once primary key (statement, place)
);

-- What the rows of a statement add up to. Minor units.
create table statement_sum (
  statement bigint not null constraint statement_sum_statement_exists references statement,
  currency text not null,
  action text not null,
  rows int not null,
  amount numeric not null,
  constraint statement_sum_once primary key (statement, currency, action)
);

-- Statements that another one stands in for do not count.
create view statement_now as
  select * from statement s where not exists (select from statement later where later.replaces = s.number);

-- Whose statement it is: the merchants of its orders, also of those that came later, and those of statements with the same merchant in
-- their head.
create index statement_finding_unknown on statement_finding (order_id) where kind = 'unknown_order';
create view statement_of as
  with own as (select statement, merchant from statement_shop
    union select f.statement, coalesce(o.merchant, '') from statement_finding f join orders o on o.id = f.order_id where f.kind = 'unknown_order')
  select statement, merchant from own
  union select same.number, own.merchant from own join statement s on s.number = own.statement join statement same on same.merchant = s.merchant;

-- How many rows of the statements that count are this, up to a place; and how many moves, up to one.
create function statement_rows(of text, what text, coin text, sum bigint, until bigint, until_place int) returns bigint language sql stable security definer
  return (select count(*) from statement_row r join statement_now s on s.id = r.statement
    where r.order_id = of and r.action = what and r.currency = coin and r.amount = sum and not r.taken_back and (s.number, r.place) <= (until, until_place));
create function statement_moves(of text, what text, sum bigint, until timestamptz, until_seq int) returns bigint language sql stable security definer
  return (select count(*) from transition t where t.order_id = of and t.action = what and t.amount = sum and (t.happened_at, t.seq) <= (until, until_seq));

-- Begins to keep a statement. Readings that did not end within a day are dropped.
create function statement_begin() returns uuid language plpgsql security definer as $$
declare fresh uuid := gen_random_uuid(); gone uuid[];
begin
  perform working();
  perform permitted(session_user, 'statement', 'keep');
  with old as (delete from statement_load where at < clock_timestamp() - interval '1 day' returning id) select array_agg(id) into gone from old;
  delete from statement_row where statement = any(gone);
  insert into statement_load (id, login) values (fresh, session_user);
  return fresh;
end $$;

-- Forgets a statement that is not kept in the end.
create function statement_drop(which uuid) returns void language plpgsql security definer as $$
begin
  delete from statement_load where id = which and login = session_user;
  if found then
    delete from statement_row where statement = which;
  end if;
end $$;

-- Whether fees, tax and what is payable make up the amount, rounded half up to the currency's minor unit. What is given back may be written
-- with the sign of the amount or of the payment; a cancellation can pay nothing.
create function statement_adds_up(it statement_row) returns boolean language sql stable
  return (select made = told or (it.action <> 'capture' and made = - told) or (it.action = 'cancel' and made = 0)
    from (select round((it.fees + it.vat + it.payable)::numeric / c.unit) as made, round(it.told::numeric / c.unit) as told
      from (select power(10::numeric, 6 - exponent) as unit from currency where code = it.currency) c) sums);

-- Rows are added by who began it, and only until it is kept. Each is compared as it comes, so that nothing waits long when it is kept.
create function statement_row_judge() returns trigger language plpgsql security definer set jit = off as $$
begin
  -- Held until the end: a statement that is kept or given up meanwhile takes no more rows.
  perform from statement_load l where l.id in (select statement from fresh) for no key update;
  if exists (select from (select distinct statement from fresh) f where not exists (select from statement_load l where l.id = f.statement and l.login = session_user)
      or exists (select from statement s where s.id = f.statement)) then
    perform refuse('statement_row_while_read', 'this statement is not being read by ' || session_user);
  end if;
  if exists (select from (select distinct currency from fresh) f where currency not in (select currency from provider_currency where provider = 'tamara')) then
    perform refuse('statement_currency_known', 'a row has a currency that Tamara does not have');
  end if;
  if exists (select from fresh f join currency c on c.code = f.currency where f.amount * power(10::numeric, 6 - c.exponent) <> abs(f.told)) then
    perform refuse('statement_row_amount_as_told', 'an amount is not the one with its sign');
  end if;
  with looked as materialized (
    select f.statement, f.place, o.merchant, o.id is not null as known,
      o.currency = f.currency and not f.taken_back and (f.fees + f.vat + f.payable = f.told or statement_adds_up(f)) and exists (select from transition t where t.order_id = o.id and t.action = f.action and t.amount = f.amount)
      and not exists (select from statement_row e where e.order_id = f.order_id and e.action = f.action and (e.statement <> f.statement or e.place <> f.place)) as sure
    -- By its index, however many orders there are.
    from fresh f left join lateral (select id, currency, merchant from orders where id = f.order_id offset 0) o on true),
  doubted as (insert into statement_doubt select statement, place from looked where sure is not true)
  update statement_load l set merchants = array(select unnest(l.merchants) union select coalesce(k.merchant, '') from looked k where k.known and k.statement = l.id)
  where l.id in (select statement from looked);
  return null;
end $$;
create trigger statement_row_judge after insert on statement_row referencing new table as fresh for each statement execute function statement_row_judge();

-- Rows go only with a reading that was given up.
create function statement_row_stays() returns trigger language plpgsql as $$
begin
  if tg_op <> 'DELETE' or exists (select from statement_load l where l.id = old.statement) or exists (select from statement s where s.id = old.statement) then
    perform refuse('append_only', tg_op || ' on ' || tg_table_name || ' is forbidden: its rows are never changed or deleted');
  end if;
  return old;
end $$;
create trigger statement_row_stays before update or delete on statement_row for each row execute function statement_row_stays();

-- The digest of a statement: over its head and what its rows say, in their order.
create function statement_digest(which uuid, named text, shop text, first_day date, last_day date) returns bytea language sql stable
  return sha256(convert_to(concat(named, chr(31), shop, chr(31), to_char(first_day, 'YYYY-MM-DD'), chr(31), to_char(last_day, 'YYYY-MM-DD'), chr(10),
    (select string_agg(concat_ws(chr(31), to_char(r.day, 'YYYY-MM-DD'), r.order_id, coalesce(r.order_number, ''), r.action, r.currency,
      r.amount, r.fees, r.vat, r.payable, r.told), chr(10) order by r.place) from statement_row r where r.statement = which)), 'UTF8'));

-- A statement is kept whole: what it says of itself is computed from its rows, and nothing is added later.
create function statement_seal() returns trigger language plpgsql security definer as $$
declare counted record;
begin
  perform acts_as(new.recorder);
  perform permitted(new.recorder, 'statement', 'keep');
  new.login := session_user;
  new.at := clock_timestamp();
  new.xid := pg_current_xact_id();
  -- A session that still adds rows to it, or gives it up, is waited for, and what it added is counted.
  perform from statement_load where id = new.id and login = session_user for update;
  if not found then
    perform refuse('statement_row_while_read', 'this statement is not being read by ' || session_user);
  end if;
  select count(*) as rows, max(place) as last, min(day) as first_day, max(day) as last_day into counted from statement_row where statement = new.id;
  if counted.rows <> coalesce(counted.last, 0) then
    perform refuse('statement_is_whole', counted.rows || ' rows up to the place ' || counted.last);
  end if;
  new.has_period := new.first_day is not null and new.last_day is not null;
  if new.digest is distinct from statement_digest(new.id, new.name, new.merchant, new.first_day, new.last_day) then
    perform refuse('statement_digest_of_rows', 'the digest is not that of the rows');
  end if;
  new.rows := counted.rows;
  if not new.has_period then
    new.first_day := counted.first_day;
    new.last_day := counted.last_day;
  end if;
  -- One after the other: the second of two that are the same is refused.
  perform take_turn('statements', true);
  new.number := number_after(new.number, 'statement_number_seq', (select max(number) from statement));
  if exists (select from statement_now s where s.digest = new.digest) then
    perform refuse('statement_digest_once', 'it is kept already');
  end if;
  if exists (select from statement_now s where s.name = new.name and s.merchant is not distinct from new.merchant and s.number is distinct from new.replaces) then
    perform refuse('statement_name_once', 'a statement with this id is kept already, with other rows');
  end if;
  if new.replaces is not null and not exists (select from statement_now s where s.number = new.replaces and s.name = new.name and s.merchant is not distinct from new.merchant) then
    perform refuse('statement_replaces_its_own', 'it stands only in for one with its id and merchant');
  end if;
  return new;
end $$;
create trigger statement_seal before insert on statement for each row execute function statement_seal();

-- Compares the rows that may not agree with the moves of the book: the first of several equal rows is the first equal move, and so on,
-- over all statements. Others that were kept while this one was read may have the same rows.
create function statement_compare() returns trigger language plpgsql security definer set jit = off as $$
declare load statement_load; others uuid[];
begin
  select * into load from statement_load where id = new.id;
  others := array(select id from statement_now where not pg_visible_in_snapshot(xid, load.began) and number <> new.number);
  insert into statement_shop select new.number, merchant from (select unnest(load.merchants) as merchant
    union select s.merchant from statement_shop s where s.statement = new.replaces) m;
  insert into statement_sum select new.number, currency, action, count(*), sum(case when taken_back then - amount else amount end) from statement_row where statement = new.id group by currency, action;
  with doubted as materialized (
    -- Each by its key, whatever is known of the tables' sizes.
    select r.order_id from statement_doubt d cross join lateral (select order_id from statement_row where statement = d.statement and place = d.place offset 0) r where d.statement = new.id
    union select order_id from statement_row where statement = any(others)),
  mine as materialized (
    select r.*, row_number() over (partition by r.order_id, r.action, r.currency, r.amount, r.taken_back order by r.place) as nth
    from doubted d cross join lateral (select * from statement_row where order_id = d.order_id offset 0) r where r.statement = new.id),
  counted as materialized (
    select k.*, o.id is not null as known, statement_rows(k.order_id, k.action, k.currency, k.amount, new.number - 1, 2147483647) as before,
      case when o.currency = k.currency then statement_moves(k.order_id, k.action, k.amount, 'infinity', 2147483647) else 0 end as moves
    from (select distinct order_id, action, currency, amount from mine) k
    left join lateral (select id, currency from orders where id = k.order_id offset 0) o on true),
  wrong as (
    select m.place, m.order_id, case when not c.known then 'unknown_order' when m.taken_back then 'taken_back' when c.moves < m.nth + c.before then 'not_recorded' end as kind
    from mine m join counted c on (c.order_id, c.action, c.currency, c.amount) = (m.order_id, m.action, m.currency, m.amount)
    union all select r.place, r.order_id, 'does_not_add_up' from statement_doubt d
    cross join lateral (select * from statement_row where statement = d.statement and place = d.place offset 0) r
    where d.statement = new.id and not statement_adds_up(r))
  insert into statement_finding (statement, place, kind, nr, order_id)
  select new.number, row_number() over (order by w.place, w.kind), w.kind, w.place, w.order_id from wrong w where w.kind is not null;
  delete from statement_load where id = new.id;
  perform statement_overdue(new.number, new.replaces, m.merchant, c.currency)
    from statement_of m cross join (select distinct currency from statement_sum where statement in (new.number, new.replaces)) c where m.statement = new.number;
  return null;
end $$;
create trigger statement_sealed after insert or update on statement for each row execute function sealed('', 'number', '', '');
create trigger statement_compare after insert on statement for each row execute function statement_compare();

create trigger statement_shop_follows_events before insert on statement_shop for each row when (pg_trigger_depth() < 1) execute function follows_events();
create trigger statement_sum_follows_events before insert on statement_sum for each row when (pg_trigger_depth() < 1) execute function follows_events();
create trigger statement_finding_follows_events before insert on statement_finding for each row when (pg_trigger_depth() < 1) execute function follows_events();

-- Our captures and refunds of a merchant in a currency that no statement has, though two with this currency came after the one that should
-- have it: those for which this statement is one of the three, those that were recorded since the last statement, and those that the one had or
-- named that it replaces.
create function statement_overdue(which bigint, instead bigint, shop text, coin text) returns void language plpgsql security definer set jit = off as $$
declare ends date[]; at int; below date; above date; since timestamptz; gone uuid := (select id from statement where number = instead);
begin
  -- Several that end on one day are one.
  select array_agg(distinct s.last_day order by s.last_day) into ends from statement_of m join statement_now s on s.number = m.statement
    where m.merchant = shop and exists (select from statement_sum t where t.statement = s.number and t.currency = coin);
  if coalesce(cardinality(ends), 0) < 3 then
    return;
  end if;
  -- One that has nothing of this currency any more stands where it stood.
  at := (select count(*) from unnest(ends) e where e <= (select last_day from statement where number = which));
  above := ends[greatest(1, least(at, cardinality(ends) - 2))];
  -- Before the first one, as long as from the first to the second.
  below := (select least(min(s.first_day) - 1, ends[1] - (ends[2] - ends[1])) from statement_of m join statement_now s on s.number = m.statement
    where m.merchant = shop and s.last_day = ends[1]);
  since := (select max(s.at) from statement_of m join statement s on s.number = m.statement where m.merchant = shop and s.number < which and s.number is distinct from instead);
  insert into statement_finding (statement, place, kind, order_id, seq)
  select which, (select coalesce(max(place), 0) from statement_finding where statement = which) + row_number() over (order by t.happened_at, t.order_id, t.seq), 'no_row', t.order_id, t.seq
  from (
    select order_id, seq from transition where provider = 'tamara' and action in ('capture', 'refund')
      and happened_at >= (greatest(below, case when at > 3 then ends[at - 3] end) + 1)::timestamp at time zone 'Asia/Riyadh'
      and happened_at < (above + 1)::timestamp at time zone 'Asia/Riyadh'
    union select order_id, seq from transition where recorded_at >= since and provider = 'tamara' and action in ('capture', 'refund')
    union select order_id, seq from statement_finding where statement = instead and seq is not null
    union select t.order_id, t.seq from statement_row r join transition t on t.order_id = r.order_id and t.action = r.action where r.statement = gone) looked
  join transition t using (order_id, seq) join orders o on o.id = t.order_id
  where t.action in ('capture', 'refund') and coalesce(o.merchant, '') = shop and o.currency = coin
    and t.happened_at >= (below + 1)::timestamp at time zone 'Asia/Riyadh'
    and t.happened_at < (ends[cardinality(ends) - 2] + 1)::timestamp at time zone 'Asia/Riyadh'
    and statement_moves(t.order_id, t.action, t.amount, t.happened_at, t.seq) > statement_rows(t.order_id, t.action, o.currency, t.amount, 9223372036854775807, 2147483647)
    and not exists (select from statement_finding f join statement_now s on s.number = f.statement where f.order_id = t.order_id and f.seq = t.seq);
end $$;

-- What of it still does not agree: the book and the statements grow.
create view statement_difference as
  select f.statement, f.place, f.order_id, f.seq, r.sheet, r.line, coalesce(r.day, (t.happened_at at time zone 'Asia/Riyadh')::date) as day, r.order_number,
    coalesce(r.action, t.action) as action, coalesce(r.currency, o.currency) as currency, coalesce(case when r.taken_back then - r.amount else r.amount end, t.amount) as amount, n.kind
  from statement_finding f join statement s on s.number = f.statement
  left join statement_row r on r.statement = s.id and r.place = f.nr
  left join transition t on t.order_id = f.order_id and t.seq = f.seq
  left join orders o on o.id = f.order_id
  cross join lateral (select case
    when f.kind = 'does_not_add_up' then f.kind
    when f.kind = 'no_row' then case when statement_moves(t.order_id, t.action, t.amount, t.happened_at, t.seq)
      > statement_rows(t.order_id, t.action, o.currency, t.amount, 9223372036854775807, 2147483647) then f.kind end
    when o.id is null then 'unknown_order' when r.taken_back then 'taken_back'
    when r.currency <> o.currency or statement_moves(r.order_id, r.action, r.amount, 'infinity', 2147483647)
      < statement_rows(r.order_id, r.action, r.currency, r.amount, s.number, r.place) then 'not_recorded' end as kind) n
  where n.kind is not null;

-- What each order's reading lists of captures and refunds, with the day in Riyadh.
create table seen_move (
  order_id text collate "C" not null constraint seen_move_of_reading references seen,
  place int not null,
  action text not null constraint seen_move_action_known check (action in ('capture', 'refund')),
  amount bigint not null constraint seen_move_amount_positive check (amount > 0),
  day date not null,
  constraint seen_move_once primary key (order_id, place)
);
create index seen_move_of_day on seen_move (day);
create trigger seen_move_server before insert or update or delete on seen_move for each row execute function server_only();

-- What was captured and refunded on a day in Riyadh, by order: ours; the provider's, if it was read since; and the statements', if one
-- covers the day.
create function day_moves(which date) returns table (order_id text, merchant text, currency text, action text, is_known boolean, ours bigint, theirs bigint, told bigint)
language sql stable security definer
begin atomic
  with ours as (
    select t.order_id, t.action, o.currency, sum(t.amount)::bigint as amount from transition t join orders o on o.id = t.order_id
    where t.provider = 'tamara' and t.action in ('capture', 'refund')
      and t.happened_at >= which::timestamp at time zone 'Asia/Riyadh' and t.happened_at < (which + 1)::timestamp at time zone 'Asia/Riyadh' group by 1, 2, 3),
  theirs as (
    select m.order_id, m.action, o.currency, sum(m.amount)::bigint as amount from seen_move m join orders o on o.id = m.order_id where m.day = which group by 1, 2, 3),
  told as (
    select r.order_id, r.action, r.currency, sum(case when r.taken_back then - r.amount else r.amount end)::bigint as amount, min(s.number) as statement from statement_row r join statement_now s on s.id = r.statement
    where r.day = which and r.action in ('capture', 'refund') group by 1, 2, 3),
  keys as (select order_id, action, currency from ours union select order_id, action, currency from theirs union select order_id, action, currency from told),
  covered as (select distinct m.merchant from statement_of m join statement_now s on s.number = m.statement where which between s.first_day and s.last_day)
  select k.order_id, x.merchant, k.currency, k.action, o.id is not null, coalesce(a.amount, 0),
    case when s.listed and s.read_at >= o.moved_at then coalesce(b.amount, 0) end,
    case when c.amount is not null or x.merchant in (select covered.merchant from covered) then coalesce(c.amount, 0) end
  from keys k left join orders o on o.id = k.order_id left join seen s on s.order_id = k.order_id
  left join ours a on (a.order_id, a.action, a.currency) = (k.order_id, k.action, k.currency)
  left join theirs b on (b.order_id, b.action, b.currency) = (k.order_id, k.action, k.currency)
  left join told c on (c.order_id, c.action, c.currency) = (k.order_id, k.action, k.currency)
  cross join lateral (select case when o.id is not null then coalesce(o.merchant, '')
    else coalesce((select min(m.merchant) from statement_of m where m.statement = c.statement having count(*) = 1), '') end as merchant) x;
end;

reset role;
