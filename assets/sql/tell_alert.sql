-- Writes down what happened to an alert; of two that tell the same, one wins.
insert into alert_event (alert, seq, what, severity, since, said, reason, until, at, recorder)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
