-- What concerns a person, the newest first. Of a request: its order, and what the provider or a person said of it.
select i.id, i.what, coalesce(i.order_id, r.order_id) as order_id, i.number, i.plan, i.request, coalesce(i.words, r.message) as words, i.recorder, i.at, i.read_at
from inbox i left join request r on r.id = i.request
where i.person = $1 and ($2 or i.read_at is null) and ($3::bigint is null or i.id < $3)
order by i.id desc limit $4
