-- Says that a process that works by itself is alive, and how often it means to say so, in seconds; 0 that it ended.
insert into heartbeat (worker, beat_at, every, recorder) values ($1, $2, $3, $4)
on conflict (worker) do update set beat_at = excluded.beat_at, every = excluded.every, recorder = excluded.recorder
