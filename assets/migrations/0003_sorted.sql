-- Lists in other orders than by age: each has its index. src/query/sort.rs says the same expressions.

create index orders_by_due on orders (status, (coalesce(due_at, '9999-01-01Z'::timestamptz)), id);
create index orders_by_amount on orders
  (status, (- case when currency in ('KWD', 'BHD', 'OMR') then amount else least(amount, 900000000000000000) * 10 end), id);
