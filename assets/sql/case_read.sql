-- The last event of a case that a person has read.
select coalesce((select seq from case_read where order_id = $1 and number = $2 and person = $3), 0)
