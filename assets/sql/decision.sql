-- The decision on an order.
select number, transition_seq, basis, to_seller, to_buyer, proposal_seq, reason, rationale, say_seller, say_buyer, decided_by, proposed_by,
  approved_by, decided_at
from decision where order_id = $1
