-- The automatic workers and their last heartbeats: of several that do the same work, the one that reported last.
select distinct on (worker) worker, beat_at, every, recorder from heartbeat order by worker, every > 0 desc, beat_at desc
