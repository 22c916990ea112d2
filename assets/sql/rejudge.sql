-- Records the results of quarantined facts that were tried again.
update quarantine q set state = g.state, why = coalesce(g.why, q.why), message = coalesce(g.message, q.message),
  readings = coalesce(g.readings::jsonb, q.readings), early = g.early,
  settled_by = case when g.state = 'waiting' then null else g.by end
from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
  $7::bool[]) as g (id, state, why, message, readings, by, early)
where q.id = g.id
