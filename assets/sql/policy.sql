-- The policy in force: its number, its text, and who set it.
select number, body::text as body, source, recorder, at, why from desk_policy order by number desc limit 1
