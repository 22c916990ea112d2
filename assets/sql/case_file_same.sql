-- The event that attached a file of this content to a case.
select seq from case_file where order_id = $1 and number = $2 and digest = $3 order by seq limit 1
