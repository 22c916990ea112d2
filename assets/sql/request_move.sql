-- Moves a request on from one state to another, if it is still there.
update request set state = $3, message = coalesce($4, message), reference = coalesce($5, reference), seq = coalesce($6, seq), moved_by = $7
where id = $1 and state = $2
