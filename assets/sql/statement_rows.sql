-- Adds rows of one sheet to a settlement statement that is being read.
insert into statement_row (statement, place, sheet, line, day, order_id, order_number, action, currency, amount, fees, vat, payable, told)
select $1, $2 - 1 + place, $3, line, day, order_id, order_number, action, currency, amount, fees, vat, payable, told
from unnest($4::int[], $5::date[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[])
  with ordinality r (line, day, order_id, order_number, action, currency, amount, fees, vat, payable, told, place)
