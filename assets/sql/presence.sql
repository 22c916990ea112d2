-- Records that a person is looking at a case; does not change whether they are writing in it.
insert into case_presence (order_id, number, session, person, editing) values ($1, $2, $3, $4, false)
on conflict (order_id, number, session) do update set seen_at = clock_timestamp()
