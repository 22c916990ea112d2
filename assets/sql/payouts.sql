-- What is or was paid of an order, to whom.
select party, amount, seq, state, reference from payout where order_id = $1 order by party desc
