-- Takes messages that are due, and lends them for a while: if this server dies, another one takes them then.
with turn as (
  select order_id, number, seq from message_delivery where state = 'queued' and due_at <= clock_timestamp() order by due_at limit $1 for update skip locked),
taken as (
  update message_delivery d set tries = d.tries + 1, due_at = clock_timestamp() + make_interval(secs => $2)
  from turn where (d.order_id, d.number, d.seq) = (turn.order_id, turn.number, turn.seq) returning d.*)
select t.order_id, t.number, t.seq, t.tries, e.what, e.party, e.recorder, e.at, m.body, c.currency, c.amount,
  case e.party when 'buyer' then c.buyer else c.seller end as addressee, phones_of(case e.party when 'buyer' then c.buyer else c.seller end) as phones
from taken t join case_event e on (e.order_id, e.number, e.seq) = (t.order_id, t.number, t.seq)
  join case_message m on (m.order_id, m.number, m.seq) = (t.order_id, t.number, t.seq)
  join dispute_case c on (c.order_id, c.number) = (t.order_id, t.number)
order by t.due_at, t.seq
