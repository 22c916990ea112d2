-- The digests of what was recorded on each day, of transitions, of seals and of facts, between two moments.
select coalesce(t.day, s.day) as day, coalesce(t.rows, 0) as transitions, coalesce(t.digest, '') as log, coalesce(s.rows, 0) as seals, coalesce(s.digest, '') as sealed
from (select (recorded_at at time zone 'UTC')::date::text as day, count(*) as rows, encode(sha256(string_agg(hash, ''::bytea order by id)), 'hex') as digest
    from transition where recorded_at >= $1 and recorded_at < $2 group by 1) t
  full join (select day, sum(rows)::bigint as rows, encode(sha256(string_agg(digest, ''::bytea order by kind)), 'hex') as digest from (
      select (at at time zone 'UTC')::date::text as day, 'seal' as kind, count(*) as rows, sha256(string_agg(hash, ''::bytea order by id)) as digest
        from seal where at >= $1 and at < $2 group by 1
      union all
      select (received_at at time zone 'UTC')::date::text, 'fact', count(*), sha256(string_agg(key || convert_to(outcome, 'UTF8'), ''::bytea order by key))
        from fact where received_at >= $1 and received_at < $2 group by 1) kept group by day) s using (day)
order by 1
