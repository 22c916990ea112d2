-- Records an event of an alert; if two processes record the same one, one wins.
insert into alert_event (alert, seq, what, severity, since, said, reason, until, at, recorder, rule, query, figure)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
