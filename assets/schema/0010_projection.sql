-- The projection: a transition moves its order, counts itself, and is found by its words.
-- A person writes one row at a time, so one row has a path of its own without sorting and grouping.

set local role recourse_owner;

create function transition_project() returns trigger language plpgsql security definer as $$
declare one transition; moved int; expected int; many boolean; coin text; worth bigint; shop text;
begin
  select count(*) > 1 into many from (select from fresh limit 2) several;
  if not many then
    select * into one from fresh;
    if not found then return null; end if;
    if one.source <> 'console' and not is_intake() then
      perform released(one);
    end if;
    update orders o set status = one.to_status, version = one.seq, authorised = one.authorised, canceled = one.canceled,
      captured = one.captured, refunded = one.refunded, attempt = one.attempt, rejection_pending = one.rejection_pending,
      outcome = one.outcome, to_seller = one.to_seller, to_buyer = one.to_buyer, due_at = one.due_at, moved_at = one.happened_at,
      entered_at = case when one.from_status = one.to_status then o.entered_at else one.happened_at end,
      unconfirmed = case when one.seq = 1 then 0 else o.unconfirmed end + one.needs_confirmation::int, changed_at = one.recorded_at,
      unconfirmed_since = coalesce(o.unconfirmed_since, case when one.needs_confirmation then one.recorded_at end)
    where o.id = one.order_id and o.version < one.seq
    returning o.currency, o.amount, coalesce(o.merchant, '') into coin, worth, shop;
    if not found then
      perform refuse('orders_match_last_transition', 'the order is already at or after this version');
    end if;
    -- The order is locked now: who asks for something at its provider comes before or after this.
    if one.source in ('console', 'clock')
      and exists (select from request where order_id = one.order_id and state in ('to_approve', 'queued', 'sending', 'unknown')) then
      perform refuse('transition_not_while_asking', 'a request of this order is under way');
    end if;
    -- Few orders have an answer of the provider to compare with.
    if one.seq > 1 and (exists (select from evidence where order_id = one.order_id and (status is not null or kind = 'absent'))
        or exists (select from seen where order_id = one.order_id)) then
      perform drift_judge(array[one.order_id]);
    end if;
    -- Most moves have no text.
    if one.reference is not null or one.note is not null or one.of_capture is not null then
      insert into order_text (order_id, words) select one.order_id, array_to_tsvector(words) from (
        select text_words('r', one.reference) || text_words('r', one.of_capture) || text_words('n', one.note) as words) told where words <> '{}';
    end if;
    if one.from_status <> one.to_status then
      insert into tally values (one.provider, one.to_status, coin, 1, worth);
      if one.seq > 1 then
        insert into tally values (one.provider, one.from_status, coin, -1, -worth);
      end if;
      if one.provider <> 'tamara' then
        return null;
      elsif one.to_status = 'approved' then
        insert into watch_delta values ('stuck', hour_of(one.due_at), shop, coin, 1, worth),
          ('arrived', hour_of(one.happened_at), shop, coin, 1, worth);
      elsif one.from_status = 'approved' then
        if one.source in ('notification', 'answer', 'reading') and one.to_status = 'authorised' then
          update merchant_token set works = true, at = one.happened_at where merchant = shop and not works and at <= one.happened_at;
        end if;
        insert into watch_delta
          select 'stuck', hour_of(due_at), shop, coin, -1, -worth from transition where order_id = one.order_id and seq = one.seq - 1
          union all select case when one.to_status = 'expired' then 'lost' else 'cleared' end, hour_of(one.happened_at), shop, coin, 1, worth;
      end if;
    end if;
    return null;
  end if;

  if not is_intake() then
    perform released(f) from fresh f where source <> 'console';
  end if;
  with last as (select distinct on (order_id) * from fresh order by order_id, seq desc),
  ours as (select order_id, count(*) filter (where needs_confirmation) as moves, min(seq) as first,
    min(recorded_at) filter (where needs_confirmation) as since from fresh group by order_id),
  entered as (select distinct on (order_id) order_id, happened_at from fresh where from_status <> to_status order by order_id, seq desc)
  update orders o set status = last.to_status, version = last.seq, authorised = last.authorised, canceled = last.canceled,
    captured = last.captured, refunded = last.refunded, attempt = last.attempt, rejection_pending = last.rejection_pending,
    outcome = last.outcome, to_seller = last.to_seller, to_buyer = last.to_buyer, due_at = last.due_at,
    moved_at = last.happened_at, entered_at = coalesce(entered.happened_at, o.entered_at), unconfirmed = case when ours.first = 1 then 0 else o.unconfirmed end + ours.moves,
    unconfirmed_since = coalesce(o.unconfirmed_since, ours.since), changed_at = last.recorded_at
  from last join ours using (order_id) left join entered using (order_id)
  where o.id = last.order_id and o.version < last.seq;
  get diagnostics moved = row_count;
  select count(distinct order_id) into expected from fresh;
  if moved <> expected then
    perform refuse('orders_match_last_transition', 'the order is already at or after this version');
  end if;
  if exists (select from fresh where source in ('console', 'clock') and is_asked(order_id)) then
    perform refuse('transition_not_while_asking', 'a request of one of these orders is under way');
  end if;
  perform drift_judge(array(select distinct order_id from fresh where seq > 1));

  -- Each order is looked up by its key, whatever the statistics say: after an import that was cut off they can say that a
  -- table with thousands of rows is empty, and a join would then read it for each new row.
  insert into tally (provider, status, currency, orders, amount)
  select delta.provider, delta.status, delta.currency, sum(orders), sum(orders * amount) from (
    select f.provider, f.to_status as status, o.currency, 1 as orders, o.amount from fresh f
      cross join lateral (select currency, amount from orders where id = f.order_id offset 0) o
    union all
    select f.provider, f.from_status, o.currency, -1, o.amount from fresh f
      cross join lateral (select currency, amount from orders where id = f.order_id offset 0) o where f.seq > 1
  ) delta group by delta.provider, delta.status, delta.currency having sum(orders) <> 0 or sum(orders * amount) <> 0;

  if exists (select from merchant_token where not works) then
    update merchant_token m set works = true, at = done.at from (
      select o.merchant, max(f.happened_at) as at from fresh f cross join lateral (select merchant from orders where id = f.order_id offset 0) o
      where f.source in ('notification', 'answer', 'reading') and f.from_status = 'approved' and f.to_status = 'authorised' group by 1) done
    where done.merchant = m.merchant and not m.works and m.at <= done.at;
  end if;

  insert into order_text (order_id, words) select order_id, array_to_tsvector(words) from (
    select order_id, text_words('r', reference) || text_words('r', of_capture) || text_words('n', note) as words from fresh
    where reference is not null or note is not null or of_capture is not null) told
  where words <> '{}';

  insert into watch_delta
  select delta.kind, delta.hour, coalesce(o.merchant, ''), o.currency, sum(delta.orders), sum(delta.orders * o.amount) from (
    select 'stuck' as kind, hour_of(due_at) as hour, order_id, 1 as orders from fresh where provider = 'tamara' and to_status = 'approved'
    union all
    select 'arrived', hour_of(happened_at), order_id, 1 from fresh where provider = 'tamara' and to_status = 'approved'
    union all
    select 'stuck', hour_of(p.due_at), f.order_id, -1 from fresh f
      cross join lateral (select due_at from transition where order_id = f.order_id and seq = f.seq - 1 offset 0) p where f.provider = 'tamara' and f.from_status = 'approved'
    union all
    select case when to_status = 'expired' then 'lost' else 'cleared' end, hour_of(happened_at), order_id, 1
      from fresh where provider = 'tamara' and from_status = 'approved'
  ) delta cross join lateral (select merchant, currency, amount from orders where id = delta.order_id offset 0) o
  group by 1, 2, 3, 4 having sum(delta.orders) <> 0 or sum(delta.orders * o.amount) <> 0;
  return null;
end $$;
create trigger transition_project after insert on transition referencing new table as fresh
  for each statement execute function transition_project();

reset role;
