-- Records that the provider confirmed these transitions; a second confirmation changes nothing.
-- What the provider told itself needs none, but for a reference that it had not.
insert into confirmation (order_id, seq, reference, happened_at, recorder)
select it.* from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::text[]) it (order_id, seq, reference, happened_at, recorder)
where it.reference is not null or exists (select from transition t where t.order_id = it.order_id and t.seq = it.seq and t.needs_confirmation)
on conflict do nothing
