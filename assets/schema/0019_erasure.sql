-- Erasing what a party left with an order, when its time is over. What was done stays. Names, texts and files go, and with them the
-- salts of their digests: verify then says erased, and no one can tell from a digest what a text was.

set local role recourse_owner;

create table erasure (
  id bigint constraint erasure_unique primary key,
  order_id text collate "C" not null constraint erasure_order_exists references orders (id),
  party text not null constraint erasure_party_known check (party in ('buyer', 'seller')),
  -- Names are also in what came in about the order. Notes are all that the team wrote, and files all that was attached.
  kind text not null constraint erasure_kind_known check (kind in ('names', 'messages', 'notes', 'files', 'decisions')),
  why text not null constraint erasure_says_why check (says(why))
    constraint erasure_why_short check (octet_length(why) <= 20000),
  -- Of names: the digest of the other party's name, which stays, and its salt.
  salt bytea,
  personal bytea,
  recorder text not null,
  login text not null default session_user,
  at moment not null default clock_timestamp(),
  xid xid8 not null default pg_current_xact_id()
);
create index erasure_of_order on erasure (order_id, id);

-- Whether a party left something of this kind with an order.
create function leaves(of text, whose text, what text) returns boolean language plpgsql stable as $$
begin
  return case what
    when 'names' then exists (select from orders where id = of and case whose when 'buyer' then buyer else seller end is not null)
      or exists (select from quarantine where order_id = of and state <> 'waiting' and raw <> '')
    when 'messages' then exists (select from case_message m join case_event e using (order_id, number, seq)
      where order_id = of and e.party = whose and m.body is not null)
    when 'notes' then exists (select from case_note where order_id = of and body is not null)
      or exists (select from transition where order_id = of and seq > 1 and note is not null)
      or exists (select from case_event where order_id = of and words is not null)
      or exists (select from payout_event where order_id = of and words is not null)
      or exists (select from inbox where order_id = of and words is not null)
      or exists (select from case_draft where order_id = of)
      or exists (select from account_ask where order_id = of and answered_at is null)
      or exists (select from evidence where order_id = of and detail is not null)
      or exists (select from request where order_id = of and ended_at is not null and body is not null)
    when 'files' then exists (select from case_file where order_id = of and content is not null)
    else exists (select from case_proposal where order_id = of and rationale is not null)
      or exists (select from decision where order_id = of and rationale is not null) end;
end $$;

-- Until when it is kept: so long after the order ended as the policy says; for ever while something of the order is open, and where
-- the policy says nothing. Names are kept as long as anything else that the party left: by them it is found.
create function kept_until(of text, whose text, what text) returns timestamptz language plpgsql stable as $$
begin
  if what = 'names' then
    return greatest(kept_after(of, 'names'), (select max(kept_after(of, kind)) from unnest('{messages,notes,files,decisions}'::text[]) kind
      where leaves(of, whose, kind)));
  end if;
  return kept_after(of, what);
end $$;

create function kept_after(of text, what text) returns timestamptz language plpgsql stable as $$
begin
  return (select case when o.due_at is not null or exists (select from dispute_case where order_id = of and (open or trouble is not null))
      or exists (select from payout where order_id = of and state <> 'confirmed')
      or exists (select from quarantine where order_id = of and state = 'waiting') or is_asked(of) then 'infinity'
    else coalesce(make_interval(secs => (policy()->'retention'->>what)::bigint) + greatest(o.opened_at,
      -- A report may date its move long before the others.
      (select max(happened_at) from transition where order_id = of),
      (select max(closed_at) from dispute_case where order_id = of),
      (select max(at) from payout_event where order_id = of and payout_event.what = 'returned')), 'infinity') end
    from orders o where o.id = of);
end $$;

create function erasure_locks(of text) returns void language plpgsql security definer as $$
begin
  perform order_locked(of);
  perform from dispute_case where order_id = of for no key update;
  perform from payout where order_id = of for no key update;
end $$;

create function erasure_seal() returns trigger language plpgsql as $$
declare until timestamptz; rest text; was record;
begin
  perform acts_as(new.recorder);
  perform permitted(new.recorder, 'personal data', 'erase');
  -- Two erasures of one order, and an erasure and a case that is opened or a payout that comes back, follow each other.
  perform erasure_locks(new.order_id);
  new.id := number_after(new.id, 'erasure_id_seq', (select max(id) from erasure));
  until := kept_until(new.order_id, new.party, new.kind);
  new.login := session_user;
  new.at := clock_timestamp();
  new.xid := pg_current_xact_id();
  new.salt := null;
  new.personal := null;
  if until > new.at then
    perform refuse('erasure_after_retention', case until when 'infinity' then 'the order is still open, or the policy keeps ' || new.kind || ' for ever'
      else new.kind || ' of this order are kept until ' || until end);
  end if;
  if not leaves(new.order_id, new.party, new.kind) then
    perform refuse('erasure_erases_something', 'the ' || new.party || ' left no ' || new.kind || ' with this order');
  end if;
  if new.kind = 'names' then
    -- The digest of the names as they are must be the one of the opening, or of the last erasure of names: it is replaced.
    select * into was from (
      select t.salt, t.personal, concat(octet_length(o.buyer), ':', o.buyer, octet_length(o.seller), ':', o.seller, octet_length(t.note), ':', t.note) as said, 0 as at
        from transition t join orders o on o.id = t.order_id where t.order_id = new.order_id and t.seq = 1 and t.salt is not null
      union all
      select e.salt, e.personal, concat(octet_length(o.buyer), ':', o.buyer, octet_length(o.seller), ':', o.seller), e.id
        from erasure e join orders o on o.id = e.order_id where e.order_id = new.order_id and e.kind = 'names' and e.salt is not null) known order by at desc limit 1;
    if was.personal is distinct from sha256(was.salt || convert_to(was.said, 'UTF8')) then
      perform refuse('seal_matches_row', 'the names of this order were changed past its log: recourse verify names it');
    end if;
    select concat(octet_length(kept.buyer), ':', kept.buyer, octet_length(kept.seller), ':', kept.seller) into rest
      from orders o cross join lateral (select case new.party when 'seller' then buyer end as buyer, case new.party when 'buyer' then seller end as seller) kept
      where o.id = new.order_id and coalesce(kept.buyer, kept.seller) is not null;
    if rest is not null then
      new.salt := uuid_send(gen_random_uuid());
      new.personal := sha256(new.salt || convert_to(rest, 'UTF8'));
    end if;
  end if;
  return new;
end $$;
create trigger erasure_seal before insert on erasure for each row execute function erasure_seal();

-- Whether a row changes only by an erasure in this transaction, which takes away and writes nothing.
create function taken_away(was jsonb, now jsonb) returns boolean language plpgsql stable as $$
begin
  return exists (select from erasure e where e.order_id in (was->>'order_id', was->>'chain') and e.xid = pg_current_xact_id())
    and not exists (select from jsonb_each(now) it where it.value <> 'null' and it.value is distinct from was->it.key);
end $$;

create function erasure_follow() returns trigger language plpgsql security definer as $$
declare of text := new.order_id; kept orders;
begin
  -- A fact, or a payout that came back, may have arrived since it was judged.
  if kept_until(of, new.party, new.kind) > new.at then
    perform refuse('erasure_nothing_arrived', 'something about this order arrived meanwhile');
  end if;
  case new.kind
    when 'names' then
      update orders set buyer = case new.party when 'seller' then buyer end, seller = case new.party when 'buyer' then seller end
        where id = of returning * into kept;
      update transition set salt = null, note = null where order_id = of and seq = 1;
      update erasure set salt = null where order_id = of and id < new.id and salt is not null;
      update dispute_case set buyer = kept.buyer, seller = kept.seller, phones = phones_of(kept.buyer) || phones_of(kept.seller) where order_id = of;
      update order_word set words = words_of(kept.id, kept.provider, kept.merchant, kept.buyer, kept.seller) where order_id = of;
      update quarantine set raw = '', message = '', readings = '[]', note = null, detail = '' where order_id = of and state <> 'waiting';
    when 'messages' then
      update case_message m set body = null from case_event e
        where m.order_id = of and (e.order_id, e.number, e.seq, e.party) = (m.order_id, m.number, m.seq, new.party);
    when 'notes' then
      update transition set salt = null, note = null where order_id = of and seq > 1 and note is not null;
      update case_note set body = null where order_id = of;
      update case_event set words = null where order_id = of and words is not null;
      update payout_event set words = null where order_id = of and words is not null;
      update evidence set detail = null where order_id = of and detail is not null;
      update request set details = null, body = null, note = null, message = null where order_id = of;
      update account_ask set good = false, message = 'the notes of this order were erased' where order_id = of and answered_at is null;
      update inbox set words = null where order_id = of and words is not null;
      delete from case_draft where order_id = of;
    when 'files' then
      update case_file set name = null, facts = null, digest = null, content = null where order_id = of;
    when 'decisions' then
      update case_proposal set rationale = null, say_seller = null, say_buyer = null where order_id = of;
      update decision set rationale = null, say_seller = null, say_buyer = null where order_id = of;
  end case;
  -- The words of what is gone find nothing any more.
  with gone as (delete from order_text where order_id = of returning words)
  insert into order_text (order_id, words) select of, array_to_tsvector(rest.words) from gone cross join lateral (
    select array_agg(word) as words from unnest(tsvector_to_array(gone.words)) word
    where left(word, 2) <> all(case new.kind when 'messages' then '{g:}' when 'notes' then '{n:}' when 'decisions' then '{w:,g:}' else '{}' end::text[])) rest
  where rest.words is not null;
  -- What was changed has a seal of its own; those before it keep no salt.
  update seal s set salt = null where s.chain = of and s.salt is not null
    and exists (select from seal later where later.source = s.source and later.place = s.place and later.nr > s.nr);
  return null;
end $$;
create trigger erasure_follow after insert on erasure for each row execute function erasure_follow();
create trigger erasure_sealed after insert or update on erasure for each row execute function sealed('order_id', 'id', '', 'salt');

reset role;
