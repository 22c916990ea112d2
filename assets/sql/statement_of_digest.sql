-- The settlement statement with this digest.
select number from statement where digest = $1
