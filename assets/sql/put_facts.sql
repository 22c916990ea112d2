-- Stores the keys of facts; if two processes store the same one, the second fails.
insert into fact (key, outcome) select * from unnest($1::bytea[], $2::text[])
