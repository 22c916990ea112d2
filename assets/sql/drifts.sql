-- Orders that differ from what their provider shows, those that differ longest first, after a place; with the answer and the last reading.
select d.order_id, d.kind, d.class, d.theirs, d.said_at, d.since, e.currency, e.captured, e.canceled, e.refunded, s.read_at,
  case when d.class = 'conflict' and d.theirs is null then s.word end as word, s.ways, s.unlawful
from drift d
left join lateral (select currency, captured, canceled, refunded from evidence where order_id = d.order_id and (status is not null or kind = 'absent')
  order by happened_at desc, id desc limit 1) e on true
left join seen s on s.order_id = d.order_id
where ($1::text is null or d.class = $1) and ($2::text[] is null or d.order_id = any($2)) and (d.since, d.order_id) > ($3, $4)
order by d.since, d.order_id limit $5
