-- Orders that are not at Approved and whose status differs from the provider's last answer, the longest in their status first.
select o.id from drift d join orders o on o.id = d.order_id
where o.provider = 'tamara' and o.status <> 'approved' and ($2::text is null or d.merchant = $2) order by o.entered_at, o.id limit $1
