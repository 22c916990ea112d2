-- Rows that do not fit their seals, seals that do not fit their chain, and facts that do not fit their batch.
-- The rows of all sealed tables stand in place of the mark.
with grown as (select distinct chain from seal where at >= coalesce($1::timestamptz, '-infinity')),
found as (select * from ({rows}) r where $1 is null or r.chain in (select chain from grown)),
link as (
  select s.*, coalesce(lag(hash) over steps, '') as hash_before, coalesce(lag(nr) over steps, 0) as nr_before,
    row_number() over (partition by source, place order by nr desc) as age, lag(own) over (partition by source, place order by nr) as own_before,
    lag(personal) over (partition by source, place order by nr) as personal_before
  from seal s where $1 is null or chain in (select chain from grown) window steps as (partition by chain order by nr)),
-- What changes with its events. All else is written once, and changes by an erasure only, which takes texts away.
changing as (select unnest('{dispute_case,case_clock,payout,quarantine,request}'::text[]) as source),
erasable (source, kind) as (values ('case_note', 'notes'), ('case_event', 'notes'), ('payout_event', 'notes'), ('evidence', 'notes'), ('case_message', 'messages'),
  ('case_file', 'files'), ('case_proposal', 'decisions'), ('decision', 'decisions'), ('erasure', 'names')),
ends as (select distinct on (chain) chain, nr, hash from link order by chain, nr desc)
select coalesce(s.chain, f.chain) as chain, coalesce(s.source, f.source) as source, coalesce(s.place, f.place) as place,
  case when s.source is null then 'put_in' when f.source is null then 'removed' else 'changed' end as what
from found f full join (select * from link where age = 1) s on s.source = f.source and s.place = f.place
where s.source is null or f.source is null or s.own <> f.own or (f.texts is null) <> (s.personal is null)
  or (s.personal is not null and (s.salt is null or s.personal <> sha256(s.salt || convert_to(f.texts, 'UTF8'))))
union all
-- Written again: with the same fields of its own and without texts, by an erasure of just that, in the same transaction.
select l.chain, l.source, l.place, 'rewritten' from link l where l.source not in (select source from changing) and l.own_before is not null
  and (l.own <> l.own_before or l.personal is not null or not exists (select from erasure e join erasable k using (kind)
    where e.order_id = l.chain and k.source = l.source and e.xid = l.xid
      and (l.source <> 'case_message' or e.party = (select v.party from case_event v where concat_ws(' ', v.order_id, v.number, v.seq) = l.place))))
union all
-- A case, a clock or a payout that changed without an event of its order in the same transaction.
select l.chain, l.source, l.place, 'alone' from link l where l.source in ('dispute_case', 'case_clock', 'payout')
  and (l.own_before is null or l.own <> l.own_before)
  and not exists (select from case_event e where e.order_id = l.chain and e.xid = l.xid) and not exists (select from erasure e where e.order_id = l.chain and e.xid = l.xid)
union all
-- A settled fact that changed once more, and no erasure took it away.
select l.chain, l.source, l.place, 'alone' from link l join quarantine q on q.id::text = l.place
  where l.source = 'quarantine' and q.state <> 'waiting' and l.age > 1 and exists (select from link later where later.source = l.source and later.place = l.place
    and later.nr > l.nr and later.at > q.settled_at + interval '1 minute' and not exists (select from erasure e where e.order_id = l.chain and e.xid = later.xid))
union all
select chain, source, place, 'resealed' from link
where nr <> nr_before + 1 or hash <> sha256(hash_before
  || convert_to(concat(octet_length(source), ':', source, octet_length(place), ':', place, ' ', xid), 'UTF8') || own || coalesce(personal, ''))
union all
select coalesce(t.chain, e.chain), 'seal', '', 'cut' from (select * from seal_tip where $1 is null or chain in (select chain from grown)) t full join ends e on e.chain = t.chain
where (t.nr, t.hash) is distinct from (e.nr, e.hash)
union all
select 'facts', 'fact', concat_ws(' ', coalesce(f.epoch, b.epoch), coalesce(f.xid, b.xid)), 'counted'
from (select epoch, xid, count(*) as facts, sum(('x' || substr(encode(sha256(key || convert_to(outcome, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint) as sum
  from fact where $1 is null or received_at >= $1 group by epoch, xid) f full join fact_batch b on (b.epoch, b.xid) = (f.epoch, f.xid)
where (f.facts, f.sum) is distinct from (b.facts, b.sum) and ($1 is null or f.xid is not null)
order by 1, 2, 3, 4
