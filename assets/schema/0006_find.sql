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

-- A text as it is compared: small letters, no diacritics, one spelling of Arabic's alef, ya, kaf and ta marbuta. src/query/folded.rs
-- does the same.
create function folded(text text) returns text language sql immutable parallel safe as $$
  select case when octet_length(text) = length(text) then lower(text collate "C")
    else lower(translate(regexp_replace(normalize(text, NFKD), '[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]', '', 'g'),
      U&'\0671\0649\06cc\06a9\0629', U&'\0627\064a\064a\0643\0647') collate "C") end
$$;

-- The words of a name and their pieces, each with the letter of the field. src/query/name_words.rs does the same.
create function name_words(letter text, name text) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct letter || ':' || left(piece, 100)), '{}')
  from unnest(regexp_split_to_array(folded(name), '[ \t\n\f\r]+') || regexp_split_to_array(folded(name), '[ \t\n\f\r/_.:@+-]+')) piece where piece <> ''
$$;

-- The phone numbers in a name: the last ten digits of seven or more in a row.
create function phones_of(name text) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct right(found[1], 10)), '{}')
  from regexp_matches(regexp_replace(name, '[ ().-]', '', 'g'), '[0-9]{7,15}', 'g') found
$$;

-- Every end of a phone number, so that any piece of it begins one of them. The zero or the country's code before it does not count.
create function phone_words(name text) returns text[] language sql immutable as $$
  select coalesce(array_agg(distinct 'p:' || substr(digits, place)), '{}')
  from (select ltrim(found[1], '0') as digits from regexp_matches(regexp_replace(name, '[ ().-]', '', 'g'), '[0-9]{7,15}', 'g') found) number
    cross join lateral generate_series(1, greatest(length(digits) - 3, 1)) place
$$;

-- Orders with a matching name, at most so many. It always uses the index: the planner cannot estimate prefixes of names.
create function orders_named(names tsquery, most int) returns setof text language sql stable set enable_seqscan = off as $$
  select order_id from order_word where words @@ names limit most
$$;

create function order_words() returns trigger language plpgsql security definer as $$
begin
  insert into order_word
    select id, array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
      || name_words('b', buyer) || name_words('s', seller) || phone_words(buyer) || phone_words(seller))
    from opened;
  return null;
end $$;
create trigger order_words after insert on orders referencing new table as opened
  for each statement execute function order_words();

-- The numbers under which the merchant knows an order, as notifications name them. Several orders may have the same.
create table order_number (
  order_id text collate "C" not null constraint order_number_order_exists references orders (id),
  number text not null constraint order_number_is_short check (btrim(number) <> '' and octet_length(number) <= 200),
  constraint order_number_unique primary key (order_id, number)
);
create index order_number_found on order_number (lower(number));

create function order_number_words() returns trigger language plpgsql security definer as $$
begin
  update order_word w set words = w.words || array_to_tsvector(name_words('o', new.number)) where w.order_id = new.order_id;
  return null;
end $$;
create trigger order_number_words after insert on order_number for each row execute function order_number_words();

reset role;
