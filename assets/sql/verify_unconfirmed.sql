-- Orders whose number of unconfirmed transitions, or the time of the first of them, differs from their log.
select o.id, o.unconfirmed::bigint, count(t.seq) from orders o
left join transition t on t.order_id = o.id and t.needs_confirmation
  and not exists (select from confirmation c where c.order_id = t.order_id and c.seq = t.seq)
group by o.id, o.unconfirmed, o.unconfirmed_since
having o.unconfirmed <> count(t.seq) or o.unconfirmed_since is distinct from min(t.recorded_at) order by o.id
