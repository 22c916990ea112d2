-- Records that the provider confirmed these transitions; a second confirmation changes nothing.
insert into confirmation (order_id, seq, reference, happened_at, recorder)
select * from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::text[])
on conflict do nothing
