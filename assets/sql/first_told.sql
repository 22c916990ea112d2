-- When something first named an order that is not known here.
select min(happened_at) from quarantine where order_id = $1 and state = 'waiting'
