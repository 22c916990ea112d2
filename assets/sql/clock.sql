-- The time at the database: facts are compared with it, whatever the importing machine's clock says.
select clock_timestamp()
