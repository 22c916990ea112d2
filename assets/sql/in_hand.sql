-- What a person has in hand: open cases, and plans that have not ended, counted up to a limit.
select (select count(*) from (select from dispute_case where open and owner = $1 limit $2) mine) as cases,
  (select count(*) from (select from plan p where p.made_by = $1
    and not exists (select from plan_event e where e.plan = p.number and e.what in ('finished', 'withdrawn')) limit $2) made) as plans
