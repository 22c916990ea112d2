-- Asks for something at a provider; the database judges it and says where it is.
insert into request (order_id, version, provider, account, action, actor, amount, details, method, path, content_type, body, mark, note, reason,
  plan, place, request_id, request_digest, asked_by, moved_by)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20)
returning id
