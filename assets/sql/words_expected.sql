-- How many orders have these words in their names, as the server's statistics tell.
select words_expected($1::tsquery)
