-- Orders whose drift differs from what their status, their sums and the provider's last answer give.
select coalesce(d.order_id, n.order_id), coalesce(d.kind || ' (' || d.class || ')', 'none'), coalesce(n.kind || ' (' || n.class || ')', 'none') from drift d
full join (
  select n.* from (select order_id from evidence where status is not null or kind = 'absent' union select order_id from seen) e cross join lateral drift_now(e.order_id) n) n
  on n.order_id = d.order_id
where (d.kind, d.class, d.theirs, d.said_at) is distinct from (n.kind, n.class, n.theirs, n.said_at) order by 1
