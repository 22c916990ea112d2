-- The automatic workers and their last heartbeats.
select worker, beat_at, every, recorder from heartbeat order by worker
