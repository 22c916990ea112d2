-- Records that a person is looking at a case; does not change whether they are writing in it.
select case_seen($1, $2, $3, $4)
