-- Saves a person's draft.
select case_drafted($1, $2, $3, $4, $5)
