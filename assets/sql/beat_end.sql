-- Records that an automatic worker ended normally.
select heart_rests($1, $2, $3)
