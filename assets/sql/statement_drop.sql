-- Forgets a settlement statement that is not kept in the end.
select statement_drop($1)
