-- Writes what became of a delivery: it arrived, or it is tried again after so many seconds.
select delivery_ended($1, $2, $3)
