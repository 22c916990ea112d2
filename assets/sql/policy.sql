-- The policy in force: its number, who set it, and what it says.
select number, body::text as body, source, recorder, at from desk_policy order by number desc limit 1
