-- Records an event of a plan; if two processes record one at the same time, one wins.
insert into plan_event (plan, seq, what, why, recorder) values ($1, $2, $3, $4, $5)
