-- Stores the rows of a plan; they never change.
insert into plan_row (plan, place, order_id, version, follow, amount)
select $1, * from unnest($2::int[], $3::text[], $4::int[], $5::text[], $6::bigint[])
