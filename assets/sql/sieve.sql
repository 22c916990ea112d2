-- The filter on orders for every page: sets and ranges.
and entered_at >= $5 and entered_at < $6 and currency = any($7)
and (($8::timestamptz is null or due_at >= $8) and ($9::timestamptz is null or due_at < $9) or ($16 and due_at is null)) and ($14::bool is null or (unconfirmed > 0) = $14)
and amount >= case when currency in ('KWD', 'BHD', 'OMR') then $12::bigint else $10::bigint end
and amount <= case when currency in ('KWD', 'BHD', 'OMR') then $13::bigint else $11::bigint end
and ($17::text[] is null or coalesce(merchant, '') = any($17)) and coalesce(merchant, '') <> all($18::text[])
and ($15::bool is null or exists (select from quarantine q where q.order_id = orders.id and q.state = 'waiting') = $15)
