-- Gives back what was left untouched, and writes down what ran out.
select case_sweep($1, $2)
