-- Settles a quarantined fact for a person; a fact that was settled before does not change.
update quarantine set state = $2, note = $3, settled_by = $4 where id = $1
