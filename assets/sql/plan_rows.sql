-- Rows of a plan after a place, with their results, up to a limit.
select r.place, r.order_id, r.version, r.follow, r.amount, e.outcome, e.message, e.seq, e.at, e.recorder
from plan_row r left join plan_result e on e.plan = r.plan and e.place = r.place
where r.plan = $1 and r.place > $2 order by r.place limit $3
