-- Whether a payout event of an order is recorded under a request id.
select exists (select from payout_event where order_id = $1 and request_id = $2)
