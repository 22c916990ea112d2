-- Deletes a person's draft.
delete from case_draft where order_id = $1 and number = $2 and person = $3 and kind = $4
