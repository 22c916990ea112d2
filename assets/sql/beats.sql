-- Who works here by itself, and when it last did.
select worker, beat_at, every, recorder from heartbeat order by worker
