-- Says that a server carries messages to parties, and how.
insert into messenger as m (one, kind) values (true, $1) on conflict (one) do update set kind = excluded.kind, seen_at = clock_timestamp()
