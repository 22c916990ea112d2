-- A person settles a quarantined fact; what was settled before stays as it is.
update quarantine set state = $2, note = $3, settled_by = $4 where id = $1
