-- A write that the doctor tries and takes back.
insert into heartbeat (worker, beat_at, every, recorder) values ('doctor', now(), 0, session_user)
on conflict (worker) do update set beat_at = now()
