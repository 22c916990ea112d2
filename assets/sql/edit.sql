-- Asks whether this session may write in a case now; taking over where that is asked.
select case_edit($1, $2, $3, $4, $5)
