-- Finding orders: their names as words, and one way to read them with what stands beside them.

set local role recourse_owner;

-- A moment that a clock can show: the ends of the calendar for what lies beyond them.
create function shown(at timestamptz) returns timestamptz language sql immutable set search_path = pg_catalog as $$
  select case when at is not null then least(greatest(at, '1900-01-01Z'), '9999-01-01Z') end
$$;

-- An order with what waits beside it: what every page of orders shows.
create view order_seen as
  select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, shown(o.opened_at) as opened_at, o.status, o.version, o.authorised,
    o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer,
    -- An order that somebody made without its log has moments that no clock shows.
    shown(o.entered_at) as entered_at, shown(o.moved_at) as moved_at, shown(o.due_at) as due_at, o.unconfirmed::bigint as unconfirmed,
    (select count(*) from quarantine q where q.order_id = o.id and q.state = 'waiting') as quarantined
  from orders o;

-- Its own table: an order's names are written once, and no move of it has to touch their index.
create table order_word (
  order_id text collate "C" constraint an_order_has_its_words_once primary key references orders (id),
  words tsvector not null
);
create index order_word_found on order_word using gin (words);

-- A name's words, and the pieces of them, each with the letter of whose name it is. src/query/words.rs does the same.
create function name_words(letter text, name text) returns text[] language sql immutable set search_path = pg_catalog as $$
  select coalesce(array_agg(distinct letter || ':' || left(lower(piece), 100)), '{}')
  from unnest(regexp_split_to_array(name, '[ \t\n\f\r]+') || regexp_split_to_array(name, '[ \t\n\f\r/_.:@+-]+')) piece where piece <> ''
$$;

-- Orders with a name that matches, so many at the most. By the index, whatever the planner believes: of names that begin
-- somehow it knows nothing.
create function orders_named(names tsquery, most int) returns setof text language sql stable
  set search_path = public, pg_temp set enable_seqscan = off as $$
  select order_id from order_word where words @@ names limit most
$$;

create function order_words() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into order_word
    select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
      || name_words('b', buyer) || name_words('s', seller))
    from opened;
  return null;
end $$;
create trigger order_words after insert on orders referencing new table as opened
  for each statement execute function order_words();

insert into order_word
  select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
    || name_words('b', buyer) || name_words('s', seller))
  from orders;

create index orders_unconfirmed on orders (entered_at, id) where unconfirmed > 0;

-- Queries that have a name, for everybody. The newest of a name counts; none at all takes it away.
create table view_change (
  id bigint generated always as identity primary key,
  name text not null constraint a_view_has_a_name check (name <> '' and name = btrim(name, E' \t\r\n')),
  query text,
  changed_by text not null,
  changed_login text not null default session_user,
  changed_at timestamptz not null default clock_timestamp()
);
create trigger views_stay before update or delete on view_change for each row execute function never();

grant select on order_seen, order_word, view_change to recourse_writer, recourse_reader;
grant insert (name, query, changed_by) on view_change to recourse_writer;
reset role;
