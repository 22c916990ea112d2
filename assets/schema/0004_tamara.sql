-- What the amounts of a Tamara order must be.

set local role recourse_owner;

alter table transition
  add constraint transition_authorised_in_full check (action <> 'authorise' or authorised = total),
  add constraint transition_captured_within_authorised check (canceled + captured <= authorised),
  add constraint transition_refunded_within_captured check (refunded <= captured),
  add constraint transition_updated_keeps_some check (provider <> 'tamara' or to_status <> 'updated' or canceled <> authorised),
  add constraint transition_canceled_in_full check (provider <> 'tamara' or to_status <> 'canceled' or canceled = authorised),
  add constraint transition_partially_captured_has_rest check (provider <> 'tamara' or to_status <> 'partially_captured'
    or canceled + captured <> authorised),
  add constraint transition_fully_captured_has_no_rest check (provider <> 'tamara' or to_status <> 'fully_captured'
    or canceled + captured = authorised),
  add constraint transition_partially_refunded_has_rest check (provider <> 'tamara' or to_status <> 'partially_refunded'
    or refunded <> captured or canceled + captured <> authorised),
  add constraint transition_fully_refunded_has_no_rest check (provider <> 'tamara' or to_status <> 'fully_refunded'
    or (refunded = captured and canceled + captured = authorised));

-- What a provider calls one move is never another one: no two moves of an order's money have the same reference.
create function transition_reference_means_one() returns trigger language plpgsql as $$
declare known text;
begin
  select t.action into known from transition t left join confirmation c on c.order_id = t.order_id and c.seq = t.seq
    where t.order_id = new.order_id and t.action in ('cancel', 'capture', 'refund')
      and lower(btrim(new.reference)) in (lower(btrim(t.reference)), lower(btrim(c.reference))) order by t.seq limit 1;
  -- Who comes second to this version has a conflict, and looks again: the first one may have recorded this very move.
  if known is not null and not exists (select from transition where order_id = new.order_id and seq = new.seq) then
    perform refuse('transition_reference_means_one', btrim(new.reference) || ' is the reference of a ' || known || ' of this order');
  end if;
  return new;
end $$;
create trigger transition_reference_means_one before insert on transition for each row
  when (new.provider = 'tamara' and new.action in ('cancel', 'capture', 'refund') and new.reference is not null)
  execute function transition_reference_means_one();

reset role;
