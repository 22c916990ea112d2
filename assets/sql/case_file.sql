-- Stores an attached file.
insert into case_file (order_id, number, seq, name, kind, facts, size, digest, content) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
