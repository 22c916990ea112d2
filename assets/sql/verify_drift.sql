-- Orders whose drift differs from what their status and the provider's last answer give.
select coalesce(d.order_id, n.id), coalesce(d.kind, 'none'), coalesce(n.kind, 'none') from drift d
full join (
  select o.id, r.kind from orders o
  cross join lateral (select status, happened_at from evidence where order_id = o.id and status is not null
    order by happened_at desc, id desc limit 1) e
  join drift_rule r on r.provider = o.provider and r.ours = o.status and r.theirs = e.status and r.unproven = (o.unconfirmed > 0 or e.happened_at > told_at(o.id))
  where e.happened_at >= o.entered_at or (r.kind <> 'provider_behind' and e.happened_at >= told_at(o.id))) n on n.id = d.order_id
where d.kind is distinct from n.kind order by 1
