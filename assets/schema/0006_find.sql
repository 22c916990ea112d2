-- Finding orders by the words of their names.

set local role recourse_owner;

-- A time that the program can show: times outside the calendar become its first or last day.
create function shown(at timestamptz) returns timestamptz language sql immutable
  return case when at is not null then least(greatest(at, '1900-01-01Z'), '9999-01-01Z') end;

-- A table of its own: an order's names are written once, and no transition has to touch their index.
create table order_word (
  order_id text collate "C" constraint order_word_unique primary key references orders (id),
  words tsvector not null
);
create index order_word_found on order_word using gin (words);

-- A text as it is compared: small letters, no diacritics, hooks, strokes or apostrophes, one spelling of Arabic's alef, ya, kaf and ta marbuta. src/query/folded.rs
-- does the same. Names in these functions are looked up when they are made, so they need no search path, which would cost more
-- than all that they do.
create function folded(text text) returns text language sql immutable parallel safe
  return case when octet_length(text) = length(text) then lower(translate(text, E'\'`', '') collate "C")
    else lower(translate(regexp_replace(normalize(text, NFKD), '[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]', '', 'g'),
      U&'\0671\0649\06cc\06a9\0629\0181\0253\018a\0257\0198\0199\01b3\01b4\0141\0142\00d8\00f8\0110\0111\0131\014a\014b'
        || U&'\0660\0661\0662\0663\0664\0665\0666\0667\0668\0669\06f0\06f1\06f2\06f3\06f4\06f5\06f6\06f7\06f8\06f9' || E'\'`\u2018\u2019\u02bc\u00b4',
      U&'\0627\064a\064a\0643\0647' || 'bbddkkyyllooddinn' || '01234567890123456789') collate "C") end;

-- The words of a name and their pieces, each with the letter of the field. src/query/name_words.rs does the same.
create function name_words(letter text, name text) returns text[] language sql immutable
  return (select coalesce(array_agg(distinct letter || ':' || left(piece, 100)), '{}') from (select folded(name) as name offset 0) it
    cross join lateral unnest(regexp_split_to_array(it.name, '[ \t\n\f\r]+') || regexp_split_to_array(it.name, '[ \t\n\f\r/_.:@+,;"()&\\-]+')) piece
    where piece <> '');

-- The phone numbers in a name: the last ten digits of seven or more in a row, however they are written.
create function phones_of(name text) returns text[] language sql immutable
  return (select coalesce(array_agg(distinct right(found[1], 10)), '{}')
    from regexp_matches(regexp_replace(folded(name), '[ ().\-/]', '', 'g'), '[0-9]{7,15}', 'g') found);

-- Every end of a phone number, so that any piece of it begins one of them. The zero or the country's code before it does not count.
create function phone_words(name text) returns text[] language sql immutable
  return (select coalesce(array_agg(distinct 'p:' || substr(digits, place)), '{}')
    from (select ltrim(found[1], '0') as digits from regexp_matches(regexp_replace(folded(name), '[ ().\-/]', '', 'g'), '[0-9]{7,15}', 'g') found) number
      cross join lateral generate_series(1, greatest(length(digits) - 2, 1)) place);

-- What is written about an order: references, notes, messages, and reasons for decisions, one row each.
create table order_text (
  id bigint generated always as identity primary key,
  order_id text collate "C" not null constraint order_text_order_exists references orders (id),
  words tsvector not null
);
create index order_text_found on order_text using gin (words);
create index order_text_of_order on order_text (order_id);

-- The words of a text, as the words of names, without the marks around them.
create function text_words(letter text, body text) returns text[] language sql immutable
  return (select coalesce(array_agg(distinct letter || ':' || left(piece, 100)), '{}') from (select folded(body) as body offset 0) it
    cross join lateral unnest(regexp_split_to_array(it.body, '[ \t\n\f\r]+') || regexp_split_to_array(it.body,
      '[ \t\n\f\r/_.:@+,;!?()"''<>{}\u00ab\u00bb\u201c\u201d\u2018\u2019\u060c\u061b\u061f-]+') || regexp_split_to_array(it.body, '[][ \t\n\f\r,;!?()"]+')) piece
    where piece <> '');

-- Finds an order by what is written in a column, of the kind that the letter says.
create function order_texts() returns trigger language plpgsql security definer as $$
begin
  insert into order_text (order_id, words) select new.order_id, array_to_tsvector(told) from (
    select array_agg(word) as told from unnest(tg_argv::text[]) arg
    cross join lateral unnest(text_words(split_part(arg, ' ', 1), to_jsonb(new) ->> split_part(arg, ' ', 2))) word) words
  where told is not null;
  return null;
end $$;

-- Orders whose names match, and those with a text that matches one of the others: at most so many of each. It always uses the indexes:
-- the planner cannot estimate prefixes.
create function orders_named(names tsquery, texts text[], most int) returns setof text language sql stable set enable_seqscan = off as $$
  (select order_id from order_word where words @@ names limit most)
  union (select found.order_id from unnest(texts) told (words)
    cross join lateral (select order_id from order_text where order_text.words @@ told.words::tsquery limit most) found)
$$;

create trigger confirmation_texts after insert on confirmation for each row when (new.reference is not null)
  execute function order_texts('r reference');

-- The words by which an order's names are found.
create function words_of(id text, provider text, merchant text, buyer text, seller text) returns tsvector language sql immutable
  return array_to_tsvector(name_words('o', substr(id, length(provider) + 2)) || name_words('m', merchant)
    || name_words('b', buyer) || name_words('s', seller) || phone_words(buyer) || phone_words(seller));

-- The merchants of all orders, by the words of their names. One may be here twice: two that write it first do not wait for each other.
create table merchant (
  name text not null,
  words tsvector not null
);
create index merchant_by_name on merchant (name);
create index merchant_found on merchant using gin (words) with (fastupdate = off);

-- How many orders the server expects to have these words. Nothing is read for it but its statistics.
create function words_expected(names tsquery) returns bigint language plpgsql as $$
declare said text; plan json; most bigint := 0;
begin
  -- The statistics know whole words only: how many begin with one is guessed.
  foreach said in array array[names::text, replace(names::text, ':*', '')] loop
    execute format('explain (format json) select from order_word where words @@ %L::tsquery', said) into plan;
    most := greatest(most, (plan->0->'Plan'->>'Plan Rows')::numeric::bigint);
  end loop;
  return most;
end $$;

create function order_words() returns trigger language plpgsql security definer as $$
begin
  insert into order_word select id, words_of(id, provider, merchant, buyer, seller) from opened;
  insert into merchant select name, array_to_tsvector(name_words('m', name)) from (select distinct merchant as name from opened where merchant <> '') named
    where not exists (select from merchant known where known.name = named.name);
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
  insert into order_text (order_id, words) select order_id, array_to_tsvector(name_words('o', number)) from fresh
    where name_words('o', number) <> '{}';
  return null;
end $$;
create trigger order_number_words after insert on order_number referencing new table as fresh
  for each statement execute function order_number_words();

reset role;
