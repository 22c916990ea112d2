-- Every policy: its number, what is enforced, and its text.
select number, body::text, source from desk_policy order by number
