-- Deletes a person's draft.
select case_undrafted($1, $2, $3, $4)
