-- A chain over everything that is no transition: cases, decisions, payouts, people, policies, plans, quarantine, evidence. Each row as
-- it is written, and each change of it, adds a seal, so that verify names what was changed past its events.

set local role recourse_owner;

-- The seals, in chains: of an order, of a plan, of the people, of the policies.
create table seal (
  chain text collate "C" not null,
  nr bigint not null,
  -- The table and the key of the row.
  source text collate "C" not null,
  place text collate "C" not null,
  -- The digest of the row's own fields.
  own bytea not null,
  -- The digest of what people wrote or who they are, with a salt of its own: without the salt it says nothing about the texts.
  salt bytea,
  personal bytea,
  -- Over the hash before it and these digests.
  hash bytea not null,
  id bigint generated always as identity,
  -- The transaction that wrote it: what follows from an event was written with the event.
  xid xid8 not null,
  at moment not null default clock_timestamp(),
  constraint seal_next_once primary key (chain, nr)
);
create index seal_of_place on seal (source, place, nr desc);
-- So that a day's seals, and a day's transitions, are found without reading all of them.
create index seal_at on seal using brin (at);
create index transition_recorded on transition using brin (recorded_at);

-- The end of each chain. Who adds a seal holds it until the end of the transaction.
create table seal_tip (
  chain text collate "C" not null,
  nr bigint not null,
  hash bytea not null,
  constraint seal_tip_unique primary key (chain)
);

-- What is digested of a row: all but what people wrote and what says nothing; and what people wrote.
create function own_digest(whole jsonb, personal text, silent text) returns bytea language sql immutable
  return sha256(convert_to((whole - string_to_array(personal, ' ') - string_to_array(silent, ' '))::text, 'UTF8'));
create function texts_of(whole jsonb, personal text) returns jsonb language sql immutable
  return (select jsonb_object_agg(name, whole->name) from unnest(string_to_array(personal, ' ')) name where whole->>name is not null);

-- The same row gives the same text in every session.
create function sealed() returns trigger language plpgsql security definer set timezone = 'UTC' set bytea_output = 'hex' as $$
declare
  whole jsonb := to_jsonb(new);
  texts jsonb := texts_of(whole, tg_argv[2]);
  it seal; last seal; tip seal_tip; link bytea;
begin
  it.chain := case tg_argv[0] when '' then tg_table_name when 'order_id' then coalesce(whole->>'order_id', 'import ' || (whole->>'import'), tg_table_name)
    else 'plan ' || (whole->>tg_argv[0]) end;
  it.source := tg_table_name;
  it.place := (select string_agg(whole->>name, ' ' order by at) from unnest(string_to_array(tg_argv[1], ' ')) with ordinality part (name, at));
  it.own := own_digest(whole, tg_argv[2], tg_argv[3]);
  -- A row that was changed past its seals is not sealed as if that had been right.
  if tg_op = 'UPDATE' then
    select * into last from seal s where s.source = it.source and s.place = it.place order by s.nr desc limit 1;
    if last.own is distinct from own_digest(to_jsonb(old), tg_argv[2], tg_argv[3])
      or (last.salt is not null and last.personal <> sha256(last.salt || convert_to(texts_of(to_jsonb(old), tg_argv[2])::text, 'UTF8'))) then
      perform refuse('seal_matches_row', tg_table_name || ' ' || it.place || ' was changed past its log: recourse verify names it');
    end if;
  end if;
  if texts is not null then
    it.salt := uuid_send(gen_random_uuid());
    it.personal := sha256(it.salt || convert_to(texts::text, 'UTF8'));
  end if;
  it.xid := pg_current_xact_id();
  link := convert_to(concat(octet_length(it.source), ':', it.source, octet_length(it.place), ':', it.place, ' ', it.xid), 'UTF8') || it.own || coalesce(it.personal, '');
  insert into seal_tip as t values (it.chain, 1, sha256(link)) on conflict on constraint seal_tip_unique
    do update set nr = t.nr + 1, hash = sha256(t.hash || link) returning * into tip;
  insert into seal (chain, nr, source, place, own, salt, personal, hash, xid)
    values (it.chain, tip.nr, it.source, it.place, it.own, it.salt, it.personal, tip.hash, it.xid);
  return null;
end $$;

-- What is sealed: the table, what its chain is named by, its key, the columns with texts of people, and the columns that say nothing.
do $$
declare it record;
begin
  for it in select * from (values
    ('case_event', 'order_id', 'order_id number seq', 'words', ''),
    ('case_note', 'order_id', 'order_id number seq', 'body', 'found'),
    ('case_message', 'order_id', 'order_id number seq', 'body', ''),
    -- Its content has a digest.
    ('case_file', 'order_id', 'order_id number seq', 'name digest facts', 'content'),
    ('case_proposal', 'order_id', 'order_id number seq', 'rationale say_seller say_buyer', ''),
    ('decision', 'order_id', 'order_id', 'rationale say_seller say_buyer', ''),
    ('payout', 'order_id', 'order_id party', '', ''),
    ('payout_event', 'order_id', 'order_id party seq', 'words', ''),
    -- A draft renews the lease, and is no event.
    ('dispute_case', 'order_id', 'order_id number', 'buyer seller phones', 'open queue lease_until'),
    ('case_clock', 'order_id', 'order_id number name', '', ''),
    ('confirmation', 'order_id', 'order_id seq', '', ''),
    ('evidence', 'order_id', 'id', 'detail', ''),
    ('quarantine', 'order_id', 'id', 'raw message readings note', ''),
    ('person_change', '', 'id', '', ''),
    ('desk_policy', '', 'number', '', ''),
    ('view_change', '', 'id', '', ''),
    ('plan', 'number', 'number', '', ''),
    ('plan_row', 'plan', 'plan place', '', ''),
    ('plan_event', 'plan', 'plan seq', 'why', ''),
    ('plan_result', 'plan', 'plan place', 'message', '')
  ) as it (source, chain, place, personal, silent) loop
    execute format('create trigger %I after insert or update on %I for each row execute function sealed(%L, %L, %L, %L)',
      it.source || '_sealed', it.source, it.chain, it.place, it.personal, it.silent);
  end loop;
end $$;

-- The facts of one transaction, counted and summed. A fact that was removed, added or changed later does not fit.
create table fact_batch (
  xid xid8 not null,
  epoch int not null,
  facts bigint not null,
  sum numeric not null,
  constraint fact_batch_unique primary key (epoch, xid)
);

-- A number that stands for a fact: a sum of them does not depend on their order.
create function fact_weight(it fact) returns numeric language sql immutable
  return ('x' || substr(encode(sha256(it.key || convert_to(it.outcome, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint;

create function fact_batch_count() returns trigger language plpgsql security definer as $$
begin
  insert into fact_batch as b select f.xid, f.epoch, count(*), sum(fact_weight(f)) from fresh f group by f.xid, f.epoch
    on conflict on constraint fact_batch_unique do update set facts = b.facts + excluded.facts, sum = b.sum + excluded.sum;
  return null;
end $$;
create trigger fact_batch_count after insert on fact referencing new table as fresh for each statement execute function fact_batch_count();

reset role;
