-- What of a settlement statement does not agree with the book now, after a place.
select place, kind, sheet, line, day, order_id, order_number, action, currency, amount from statement_difference
where statement = $1 and place > $2 order by place limit $3
