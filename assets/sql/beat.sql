-- Records a heartbeat of an automatic worker and the seconds to the next one; 0 if the worker ended.
insert into heartbeat (worker, beat_at, every, recorder) values ($1, $2, $3, $4)
on conflict (worker) do update set beat_at = excluded.beat_at, every = excluded.every, recorder = excluded.recorder
