-- The cases behind a bar of the report: those that an agent decided, of a merchant, decided for a reason, or opened in a week; the latest first.
select c.order_id, c.number, c.currency, c.amount, c.opened_at, coalesce(d.reason, c.reason) as reason, c.stage, d.basis, d.to_seller, d.to_buyer
from dispute_case c left join decision d on d.order_id = c.order_id and d.number = c.number
where case $4
    when 'agent' then c.decided_at >= $1 and c.decided_at < $2 and d.basis = 'settled' and coalesce(d.proposed_by, d.decided_by) = $5
    when 'merchant' then c.opened_at >= $1 and c.opened_at < $2 and coalesce(c.merchant, '') = $5
    when 'reason' then c.decided_at >= $1 and c.decided_at < $2 and coalesce(d.reason, '') = $5
    when 'week' then c.opened_at >= $1 and c.opened_at < $2 and date_trunc('week', c.opened_at at time zone $3)::date = $5::date end
order by c.opened_at desc, c.order_id, c.number limit $6
