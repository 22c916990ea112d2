-- How many cases were opened, decided and closed, by day in a zone.
select day::date as day, coalesce(came, 0) as came, coalesce(decided, 0) as decided, coalesce(closed, 0) as closed
from generate_series(($1::timestamptz at time zone $3)::date::timestamp, (($2::timestamptz - interval '1 microsecond') at time zone $3)::date::timestamp,
  interval '1 day') day
left join (select (opened_at at time zone $3)::date as at, count(*) as came from dispute_case where opened_at >= $1 and opened_at < $2 group by 1) c on c.at = day
left join (select (decided_at at time zone $3)::date as at, count(*) as decided from dispute_case where decided_at >= $1 and decided_at < $2 group by 1) d on d.at = day
left join (select (closed_at at time zone $3)::date as at, count(*) as closed from dispute_case where closed_at >= $1 and closed_at < $2 group by 1) e on e.at = day
order by day
