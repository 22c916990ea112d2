-- Claims the next orders to be read with an account, unless its credentials are not accepted.
with turn as (
  select order_id from reading where account = $1 and next_at <= clock_timestamp() and (lease is null or lease < clock_timestamp())
    and not exists (select from account a where a.name = $1 and a.health = 'stopped')
  order by next_at limit $2 for update skip locked)
update reading r set server = $3, lease = clock_timestamp() + make_interval(secs => $4), attempts = attempts + 1
from turn where r.order_id = turn.order_id returning r.order_id, r.why, r.attempts, r.wanted_at
