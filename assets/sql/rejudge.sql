-- Records the results of quarantined facts that were tried again.
select quarantine_judged($1, $2, $3, $4, $5, $6, $7)
