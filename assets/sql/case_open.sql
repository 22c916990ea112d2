-- Opens a case by hand.
select case_open($1, $2, $3, $4, $5)
