-- Orders with an unconfirmed move, drift and quarantined facts: how many, by merchant and kind.
select 'unconfirmed' as what, '' as kind, '' as detail, coalesce(merchant, '') as merchant, count(*) as count, min(unconfirmed_since) as since
from orders where unconfirmed > 0 group by merchant
union all
select 'drift', kind, '', merchant, count(*), min(since) from drift group by kind, merchant
union all
select 'quarantined', why, detail, merchant, count(*), min(received_at) from quarantine where state = 'waiting' group by why, detail, merchant
