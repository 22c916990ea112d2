-- The digest of the request under which a payout event of an order is recorded.
select request_digest from payout_event where order_id = $1 and request_id = $2
