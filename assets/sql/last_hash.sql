-- The hash of the last transition of an order, in hex.
select coalesce((select encode(hash, 'hex') from transition where order_id = $1 order by seq desc limit 1), '')
