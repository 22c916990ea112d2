-- Opens a case by hand.
select case_open($1, null, $2, clock_timestamp(), $3, $4, $5)
