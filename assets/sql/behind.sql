-- Orders whose status differs from what the provider last reported, among its latest answers.
select o.id from (
  select distinct order_id from (select order_id from evidence where kind = 'observed' order by happened_at desc limit 1000) latest) said
join orders o on o.id = said.order_id cross join lateral (
  select e.status, e.happened_at from evidence e where e.order_id = o.id and e.kind = 'observed'
  order by e.happened_at desc, e.id desc limit 1) last
where o.provider = 'tamara' and last.happened_at >= o.entered_at and ($2::text is null or coalesce(o.merchant, '') = $2) and (
  (o.unconfirmed > 0 and last.status = 'approved' and o.status in ('authorised', 'updated', 'partially_captured', 'fully_captured', 'partially_refunded'))
  or (last.status in ('expired', 'canceled', 'declined') and o.status in ('new', 'authorised', 'updated', 'partially_captured', 'fully_captured', 'partially_refunded'))
  or (o.status = 'expired' and last.status in ('approved', 'authorised', 'updated')))
order by o.entered_at, o.id limit $1
