-- Orders whose number of unconfirmed transitions differs from their log.
select o.id, o.unconfirmed::bigint, count(t.seq) from orders o
left join transition t on t.order_id = o.id and t.needs_confirmation
  and not exists (select from confirmation c where c.order_id = t.order_id and c.seq = t.seq)
group by o.id, o.unconfirmed having o.unconfirmed <> count(t.seq) order by o.id
