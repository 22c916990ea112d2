-- The payouts of an order, the seller's first.
select party, amount, seq, state, reference from payout where order_id = $1 order by party desc
