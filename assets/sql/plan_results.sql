-- Records the results of rows of a plan.
insert into plan_result (plan, place, order_id, outcome, message, seq, recorder)
select $1, p, o, w, m, s, $7 from unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::int[]) as given (p, o, w, m, s)
