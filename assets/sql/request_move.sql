-- Moves a request on from one state to another, if it is still there.
select request_goes($1, $2, $3, $4, $5, $6, $7)
