-- Remembers facts by what they say; of two that take the same one, the second fails.
insert into fact (key, outcome) select * from unnest($1::bytea[], $2::text[])
