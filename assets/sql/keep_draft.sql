-- Saves a person's draft.
insert into case_draft (order_id, number, person, kind, body) values ($1, $2, $3, $4, $5)
on conflict (order_id, number, person, kind) do update set body = excluded.body
