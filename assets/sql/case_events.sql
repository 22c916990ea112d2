-- The events of one case of an order, or of all of them, with notes, messages and file names; never file contents.
select e.number, e.seq, e.what, e.party, e.person, e.words, e.reason, e.claimed, e.item, e.clock, e.level, e.recorder, e.at,
  n.body as note, m.body as message, f.name as file_name, f.kind as file_kind, f.facts as file_facts, f.size as file_size,
  encode(f.digest, 'hex') as file_digest
from case_event e
left join case_note n on n.order_id = e.order_id and n.number = e.number and n.seq = e.seq
left join case_message m on m.order_id = e.order_id and m.number = e.number and m.seq = e.seq
left join case_file f on f.order_id = e.order_id and f.number = e.number and f.seq = e.seq
where e.order_id = $1 and ($2::int is null or e.number = $2) order by e.number, e.seq
