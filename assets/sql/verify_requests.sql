-- Requests above the policy's limit of their time that went on although no one else let them. Two policies may pass each other within a minute.
select r.order_id, r.action || ' ' || r.amount || ' was asked for above the limit of its time, and no one else approved it (request ' || r.id || ')'
from request r join orders o on o.id = r.order_id
where r.provider = 'tamara' and r.state in ('queued', 'sending', 'unknown', 'done') and (r.approved_by is null or r.approved_by = r.asked_by)
  and ($1::timestamptz is null or r.created_at >= $1 or r.ended_at >= $1)
  and not exists (select from desk_policy p left join lateral (select at from desk_policy n where n.number = p.number + 1) n on true
    where p.at <= r.created_at + interval '1 minute' and coalesce(n.at, 'infinity') >= r.created_at - interval '1 minute'
      and not is_above(p.body->'requests', r.action, o.currency, r.amount + request_asked_before(r.order_id, r.action, r.id)))
order by 1, 2
