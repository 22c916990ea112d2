-- Says that a claimed request is being sent, and holds it meanwhile.
-- Only if it is still this server's and still waits, its order has not moved since it was asked for, and the provider accepts the
-- account's credentials.
with held as (
  update request_turn t set lease = clock_timestamp() + make_interval(secs => $3)
  from request r join orders o on o.id = r.order_id, account a
  where t.request = $1 and t.server = $2 and r.id = t.request and o.version = r.version and a.name = t.account and a.health <> 'stopped'
  returning t.request)
select request_goes($1, 'queued', 'sending', null, null, null, $4) from held
