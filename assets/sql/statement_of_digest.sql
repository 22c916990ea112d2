-- The settlement statement with this digest that counts.
select number from statement_now where digest = $1
