-- Orders as stored, all or those that moved since; moments outside the calendar are read as its first or last moment.
select o.id, o.currency, o.amount, o.cancellation_fee, o.merchant, o.buyer, o.seller, shown(o.opened_at) as opened_at, o.status, o.version,
  o.authorised, o.canceled, o.captured, o.refunded, o.attempt, o.rejection_pending, o.outcome, o.to_seller, o.to_buyer,
  shown(o.entered_at) as entered_at, shown(o.moved_at) as moved_at, shown(o.due_at) as due_at,
  e.kinds as erased, shown(e.names_at) as names_at, shown(e.notes_at) as notes_at, e.salt as names_salt, e.names as names_digest
from orders o left join lateral (select array_agg(kind) as kinds, max(at) filter (where kind = 'names') as names_at, max(at) filter (where kind = 'notes') as notes_at, (array_agg(personal order by id desc) filter (where kind = 'names'))[1] as names,
  (array_agg(salt order by id desc) filter (where kind = 'names'))[1] as salt from erasure where order_id = o.id) e on true
where $1::timestamptz is null or o.id in (select order_id from transition where recorded_at >= $1)
order by o.id
