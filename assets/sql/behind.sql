-- Orders that we moved on from Approved and the provider, when it was last asked since, still had there; so many at the most.
select o.id from orders o cross join lateral (
  select e.status, e.happened_at from evidence e where e.order_id = o.id and e.kind = 'observed'
  order by e.happened_at desc, e.id desc limit 1) last
where o.unconfirmed > 0 and o.status in ('authorised', 'updated', 'partially_captured', 'fully_captured')
  and last.status = 'approved' and last.happened_at >= o.entered_at
order by o.entered_at, o.id limit $1
