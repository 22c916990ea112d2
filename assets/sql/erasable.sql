-- What a person left with orders, or with one order, and until when it is kept (empty: no end is known).
-- The person is found by the whole name, by the phone, or as a party of that order, whose name may be erased already.
with whom as (select folded($1) as name, phones_of($1) as phones),
named as (select w.order_id from order_word w where w.words @@ (select string_agg('(' || words || ')', ' | ') from (
  select (select string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''', ' & ') from unnest(name_words(letter, $1)) word) as words
    from unnest('{b,s}'::text[]) letter
  union all select '''p:' || ltrim(phone, '0') || '''' from whom, unnest(phones) phone where ltrim(phone, '0') <> '') alternatives)::tsquery),
theirs as (select o.id, party.party from orders o join named n on n.order_id = o.id
  cross join lateral (values ('buyer', o.buyer), ('seller', o.seller)) party (party, name) cross join whom
  where (folded(party.name) = whom.name or phones_of(party.name) && whom.phones) and ($2::text is null or o.id = $2)
  union select o.id, $3::text from orders o where o.id = $2 and $3 is not null)
select t.id as order_id, t.party, what as kind, nullif(shown(kept.until), shown('infinity')) as until, kept.until <= clock_timestamp() as is_over
from theirs t cross join unnest('{messages,notes,files,decisions,names}'::text[]) with ordinality kinds (what, place)
cross join lateral (select kept_until(t.id, t.party, what) as until offset 0) kept
where leaves(t.id, t.party, what) order by t.id, t.party, place
