-- Settles a quarantined fact for a person; a fact that was settled before does not change.
select quarantine_settled($1, $2, $3, $4)
