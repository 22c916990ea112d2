-- Writes down what happens to a plan; of two that tell at once, one wins.
insert into plan_event (plan, seq, what, why, recorder) values ($1, $2, $3, $4, $5)
