-- Keeps a settlement statement whose rows were all added.
insert into statement (id, name, merchant, digest, first_day, last_day, replaces, recorder) values ($1, $2, $3, $4, $5, $6, $7, $8) returning number
