-- Wants orders to be read at the provider, some seconds from now at the latest. What is wanted already is read once for all.
-- What a person asks for is tried as if for the first time.
insert into reading as r (order_id, account, why, next_at)
select id, account, why, clock_timestamp() + make_interval(secs => $4) from unnest($1::text[], $2::text[], $3::text[]) it (id, account, why)
on conflict on constraint reading_order_once do update set next_at = least(r.next_at, excluded.next_at), wanted_at = excluded.wanted_at,
  message = case when excluded.why <> 'asked' then r.message end, attempts = case when excluded.why <> 'asked' then r.attempts else 0 end
