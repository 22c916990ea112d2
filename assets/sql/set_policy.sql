-- Sets a new policy.
insert into desk_policy (number, body, source, recorder) values ((select max(number) from desk_policy) + 1, $1::jsonb, $2, $3) returning number
