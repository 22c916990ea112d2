-- Everyone who may work on cases but this person, and how many open cases each has, counted up to a limit; those with the fewest first.
select p.login, (select count(*) from (select from dispute_case where open and owner = p.login limit $2) mine) as cases
from (select distinct login from person where role in ('agent', 'lead') and login <> $1) p order by 2, 1 limit 30
