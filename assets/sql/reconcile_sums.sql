-- What was captured and refunded on a day, by merchant and currency: ours, the provider's where it was read, and the statements'.
select merchant, currency, action, count(*) as orders, sum(ours)::bigint as ours, sum(theirs)::bigint as theirs, sum(told)::bigint as told,
  count(*) filter (where theirs is null and is_known) as unread, coalesce(sum(ours) filter (where theirs is null), 0)::bigint as ours_unread,
  sum(ours) filter (where told is not null)::bigint as ours_told
from day_moves($1) where $2::text is null or merchant = $2
group by 1, 2, 3 order by 1, 2, 3
