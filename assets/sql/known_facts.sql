-- Which of these facts were taken before.
select key from fact where key = any($1)
