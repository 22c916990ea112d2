-- A person's drafts on a case.
select kind, body from case_draft where order_id = $1 and number = $2 and person = $3 order by kind
