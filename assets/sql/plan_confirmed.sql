-- How many rows of each of these plans the provider has confirmed: all that they recorded.
select r.plan, count(*) from plan_result r where r.plan = any($1) and r.outcome = 'accepted' and not exists (
  select from transition t where t.order_id = r.order_id and t.seq <= r.seq and t.reason = 'plan-' || r.plan and t.needs_confirmation
    and not exists (select from confirmation c where c.order_id = t.order_id and c.seq = t.seq))
group by r.plan
