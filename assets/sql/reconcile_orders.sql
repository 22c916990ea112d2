-- The orders behind the differences of a day.
select order_id, merchant, currency, action, is_known, ours, theirs, told from day_moves($1)
where ($2::text is null or merchant = $2) and (theirs <> ours or told <> ours) and (merchant, order_id, action, currency) > ($3, $4, $5, $6)
order by merchant, order_id, action, currency limit $7
