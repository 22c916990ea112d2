-- Plans, newest first: how each stands, and what became of its rows.
select p.number, p.title, p.needs_approval, p.rate, p.stop_after, p.made_by, p.made_at, last.what, last.why, last.seq, last.recorder as by,
  last.at, (select recorder from plan_event e where e.plan = p.number and e.what = 'approved' order by seq limit 1) as approved_by,
  (select count(*) from plan_row r where r.plan = p.number) as orders,
  (select count(*) from plan_result r where r.plan = p.number and r.outcome = 'accepted') as accepted,
  (select count(*) from plan_result r where r.plan = p.number and r.outcome = 'refused') as refused,
  (select count(*) from plan_result r where r.plan = p.number and r.outcome = 'changed') as changed
from plan p left join lateral (select * from plan_event e where e.plan = p.number order by seq desc limit 1) last on true
where $1::bigint is null or p.number = $1 order by p.number desc limit $2
