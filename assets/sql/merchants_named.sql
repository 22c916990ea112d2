-- The merchants whose names have these words, up to a limit.
select distinct name from merchant where words @@ $1::tsquery limit $2
