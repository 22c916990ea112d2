-- What the facts of an AtaraPay order must be.

set local role recourse_owner;

-- What a move of an AtaraPay order must be, after what every move must be.
create function atarapay_fits(provider text, action text, actor text, to_status text, total bigint, attempt smallint, rejection_pending boolean, outcome text, to_seller bigint, to_buyer bigint)
returns boolean language plpgsql immutable as $$
begin
  if (rejection_pending = (action = 'reject')) is false then
    perform refuse('transition_rejection_pending_after_reject', 'only a rejection waits for the seller');
  end if;
  if (provider <> 'atarapay' or to_status <> 'pending_ii' or attempt = 1) is false then
    perform refuse('transition_no_third_delivery', 'there is no third delivery');
  end if;
  if ((to_seller is null) = (to_buyer is null)) is false then
    perform refuse('transition_parts_both_or_none', 'a part of the money has no other part');
  end if;
  if (provider <> 'atarapay' or action not in ('accept', 'confirm_good_condition', 'cancel', 'withdraw', 'settle') or (to_seller is not null and to_buyer is not null)) is false then
    perform refuse('transition_decision_has_parts', 'a decision says who gets what');
  end if;
  if (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total) is false then
    perform refuse('transition_parts_sum_to_held', 'the parts are not what is held');
  end if;
  if (action <> 'accept' or to_buyer = 0) is false then
    perform refuse('transition_accept_pays_seller', 'an acceptance pays the seller');
  end if;
  if (action not in ('confirm_good_condition', 'cancel') or to_seller = 0) is false then
    perform refuse('transition_return_refunds_buyer', 'a return refunds the buyer');
  end if;
  if (action <> 'withdraw' or (actor = 'buyer' and to_buyer = 0) or (actor = 'seller' and to_seller = 0)) is false then
    perform refuse('transition_withdrawal_pays_other_party', 'a withdrawal pays the other party');
  end if;
  if (action not in ('withdraw', 'settle') or outcome is not distinct from case when to_buyer = 0 then 'pay_seller' when to_seller = 0 then 'refund_buyer' else 'split' end) is false then
    perform refuse('transition_outcome_matches_parts', 'the outcome is another one than the parts give');
  end if;
  return true;
end $$;

alter table transition add constraint transition_atarapay_fits check (atarapay_fits(provider, action, actor, to_status, total, attempt, rejection_pending, outcome, to_seller, to_buyer));

reset role;
