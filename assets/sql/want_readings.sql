-- Wants orders to be read at the provider, some seconds from now at the latest. What is wanted already is read once for all.
insert into reading as r (order_id, account, why, next_at)
select id, account, why, clock_timestamp() + make_interval(secs => $4) from unnest($1::text[], $2::text[], $3::text[]) it (id, account, why)
on conflict on constraint reading_order_once do update set next_at = least(r.next_at, excluded.next_at), wanted_at = excluded.wanted_at
