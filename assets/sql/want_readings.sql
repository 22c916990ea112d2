-- Wants orders to be read at the provider; what is wanted already stays as it is, but comes first now.
insert into reading as r (order_id, account, why) select * from unnest($1::text[], $2::text[], $3::text[])
on conflict on constraint reading_order_once do update set next_at = least(r.next_at, clock_timestamp())
