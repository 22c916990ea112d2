-- Claims the next requests of an account for a server, unless its credentials are not accepted.
-- Those to be sent come first, then those to be asked about. Those of a server that died are free when its lease ends.
with turn as (
  select t.request from request_turn t join request r on r.id = t.request
  where t.account = $1 and t.next_at <= clock_timestamp() and (t.lease is null or t.lease < clock_timestamp())
    and not exists (select from account a where a.name = $1 and a.health = 'stopped')
  order by r.state = 'unknown', t.next_at limit $2 for update of t skip locked)
update request_turn t set server = $3, lease = clock_timestamp() + make_interval(secs => $4)
from turn where t.request = turn.request returning t.request
