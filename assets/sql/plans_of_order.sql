-- The plans that contain an order, with the order's result in each.
select r.plan, p.title, r.follow, r.amount, e.outcome, e.message, e.seq, coalesce(e.at, p.made_at) as at, coalesce(e.recorder, p.made_by) as by
from plan_row r join plan p on p.number = r.plan left join plan_result e on e.plan = r.plan and e.place = r.place
where r.order_id = $1 order by r.plan desc limit 50
