-- Records how far a person has read the conversation of a case.
select case_read_to($1, $2, $3, $4)
