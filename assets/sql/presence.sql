-- Says that a person is looking at a case; whether they write there stays as it was.
insert into case_presence (order_id, number, session, person, editing) values ($1, $2, $3, $4, false)
on conflict (order_id, number, session) do update set seen_at = clock_timestamp()
