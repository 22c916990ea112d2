-- Takes the oldest notifications that wait to be judged; in the same transaction they are judged.
delete from received where id = any(array(select id from received order by id limit $1 for update skip locked))
returning id, account, provider, line, is_line, received_at
