-- Which of these items are in a person's inbox.
select id from inbox where person = $1 and id = any($2)
