-- Whether any order is of this merchant. Sums are asked first: only a name that no one has takes as long as there are orders.
select case when exists (select from watch_sum where merchant = $1) or exists (select from statement_shop where merchant = $1) then true
  else exists (select from orders where merchant = $1) end
