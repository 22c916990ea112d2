-- A file with its content: the one with this number, or the latest with this name.
select seq, name, kind, content, encode(digest, 'hex') as digest from case_file
where order_id = $1 and number = $2 and (seq = $3 or name = $4) and content is not null order by seq desc limit 1
