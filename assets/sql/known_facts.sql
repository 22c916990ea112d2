-- Which of these facts were taken before, and which of them still wait.
select f.key, f.outcome = 'quarantined' and exists (select from quarantine q where q.key = f.key and q.state = 'waiting') as waits
from fact f where f.key = any($1)
