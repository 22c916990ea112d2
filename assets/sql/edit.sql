-- Whether this session may write in a case now; can take over from another session.
select case_edit($1, $2, $3, $4, $5)
