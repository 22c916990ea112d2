-- Finding orders by the words of their names.

set local role recourse_owner;

-- A time that the program can show: times outside the calendar become its first or last day.
create function shown(at timestamptz) returns timestamptz language sql immutable as $$
  select case when at is not null then least(greatest(at, '1900-01-01Z'), '9999-01-01Z') end
$$;

-- A table of its own: an order's names are written once, and no transition has to touch their index.
create table order_word (
  order_id text collate "C" constraint order_word_unique primary key references orders (id),
  words tsvector not null
);
create index order_word_found on order_word using gin (words);

-- The words of a name and their pieces, each with the letter of the field. src/query/words.rs does the same.
create function name_words(letter text, name text) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct letter || ':' || left(lower(piece), 100)), '{}')
  from unnest(regexp_split_to_array(name, '[ \t\n\f\r]+') || regexp_split_to_array(name, '[ \t\n\f\r/_.:@+-]+')) piece where piece <> ''
$$;

-- Orders with a matching name, at most so many. It always uses the index: the planner cannot estimate prefixes of names.
create function orders_named(names tsquery, most int) returns setof text language sql stable set enable_seqscan = off as $$
  select order_id from order_word where words @@ names limit most
$$;

create function order_words() returns trigger language plpgsql security definer as $$
begin
  insert into order_word
    select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
      || name_words('b', buyer) || name_words('s', seller))
    from opened;
  return null;
end $$;
create trigger order_words after insert on orders referencing new table as opened
  for each statement execute function order_words();

reset role;
