-- Begins to keep a settlement statement.
select statement_begin()
