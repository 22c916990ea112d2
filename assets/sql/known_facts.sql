-- Which of these facts are known already, and whether each still waits in quarantine.
select f.key, f.outcome = 'quarantined' and exists (select from quarantine q where q.key = f.key and q.state = 'waiting') as waits
from fact f where f.key = any($1)
