-- Sets the first policy, unless there is one.
insert into desk_policy (number, body, source, recorder) select 1, $1::jsonb, '', session_user where not exists (select from desk_policy)
