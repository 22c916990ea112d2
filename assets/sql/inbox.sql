-- What concerns a person, the newest first.
select id, what, order_id, number, plan, words, recorder, at, read_at from inbox
where person = $1 and ($2 or read_at is null) and ($3::bigint is null or id < $3)
order by id desc limit $4
