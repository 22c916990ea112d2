-- Sets a new policy.
insert into desk_policy (number, body, source, recorder, why) values ((select max(number) from desk_policy) + 1, $1::jsonb, $2, $3, $4) returning number
