-- What the amounts of a Tamara order must be.

set local role recourse_owner;

-- What a move of a Tamara order must be, after what every move must be.
create function tamara_fits(provider text, action text, to_status text, total bigint, authorised bigint, canceled bigint, captured bigint, refunded bigint)
returns boolean language plpgsql immutable as $$
begin
  if (action <> 'authorise' or authorised = total) is false then
    perform refuse('transition_authorised_in_full', 'an order is authorised in full');
  end if;
  if (canceled + captured <= authorised) is false then
    perform refuse('transition_captured_within_authorised', 'more is captured or canceled than was authorised');
  end if;
  if (refunded <= captured) is false then
    perform refuse('transition_refunded_within_captured', 'more is refunded than was captured');
  end if;
  if (provider <> 'tamara' or to_status <> 'updated' or canceled <> authorised) is false then
    perform refuse('transition_updated_keeps_some', 'nothing of it would be left');
  end if;
  if (provider <> 'tamara' or to_status <> 'canceled' or canceled = authorised) is false then
    perform refuse('transition_canceled_in_full', 'it is not canceled in full');
  end if;
  if (provider <> 'tamara' or to_status <> 'partially_captured' or canceled + captured <> authorised) is false then
    perform refuse('transition_partially_captured_has_rest', 'nothing is left to capture');
  end if;
  if (provider <> 'tamara' or to_status <> 'fully_captured' or canceled + captured = authorised) is false then
    perform refuse('transition_fully_captured_has_no_rest', 'something is left to capture');
  end if;
  if (provider <> 'tamara' or to_status <> 'partially_refunded' or refunded <> captured or canceled + captured <> authorised) is false then
    perform refuse('transition_partially_refunded_has_rest', 'nothing is left to refund');
  end if;
  if (provider <> 'tamara' or to_status <> 'fully_refunded' or (refunded = captured and canceled + captured = authorised)) is false then
    perform refuse('transition_fully_refunded_has_no_rest', 'something is left to refund');
  end if;
  return true;
end $$;

alter table transition add constraint transition_tamara_fits check (tamara_fits(provider, action, to_status, total, authorised, canceled, captured, refunded));

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
