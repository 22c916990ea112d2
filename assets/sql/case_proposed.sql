-- The latest proposal in a case, and who made it.
select p.seq, p.order_version, p.material_event, p.to_seller, p.to_buyer, p.reason, p.rationale, p.say_seller, p.say_buyer, e.recorder, e.at
from case_proposal p join case_event e on e.order_id = p.order_id and e.number = p.number and e.seq = p.seq
where p.order_id = $1 and p.number = $2 order by p.seq desc limit 1
