-- Records that a session no longer looks at a case, and deletes sessions last seen more than a day ago.
select case_left($1, $2)
