-- A write that the doctor tries and takes back.
select heart_beats('doctor', now(), 0, session_user::text)
