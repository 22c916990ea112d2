-- Earlier cases with the same people, the latest of each kind, with their decisions.
select h.same, h.order_id, h.number, h.opened_at, h.reason, h.stage, h.currency, d.basis, d.to_seller, d.to_buyer from (
  (select 'buyer' as same, * from dispute_case where buyer = $3 and buyer <> '(hidden)' and (order_id, number) <> ($1, $2) order by opened_at desc limit 5)
  union all
  (select 'seller', * from dispute_case where seller = $4 and seller <> '(hidden)' and (order_id, number) <> ($1, $2) order by opened_at desc limit 5)
  union all
  (select 'merchant', * from dispute_case where merchant = $5 and (order_id, number) <> ($1, $2) order by opened_at desc limit 5)
  union all
  (select 'phone', * from dispute_case where phones && (select phones from dispute_case where order_id = $1 and number = $2)
    and (order_id, number) <> ($1, $2) order by opened_at desc limit 5)) h
left join decision d on d.order_id = h.order_id and d.number = h.number
