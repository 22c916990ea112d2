-- What the facts of an AtaraPay order must be.

set local role recourse_owner;

alter table transition
  add constraint transition_rejection_pending_after_reject check (rejection_pending = (action = 'reject')),
  add constraint transition_no_third_delivery check (provider <> 'atarapay' or to_status <> 'pending_ii' or attempt = 1),
  add constraint transition_parts_both_or_none check ((to_seller is null) = (to_buyer is null)),
  add constraint transition_decision_has_parts check (provider <> 'atarapay'
    or action not in ('accept', 'confirm_good_condition', 'cancel', 'withdraw', 'settle')
    or (to_seller is not null and to_buyer is not null)),
  add constraint transition_parts_sum_to_held check (to_seller >= 0 and to_buyer >= 0 and to_seller + to_buyer = total),
  add constraint transition_accept_pays_seller check (action <> 'accept' or to_buyer = 0),
  add constraint transition_return_refunds_buyer check (action not in ('confirm_good_condition', 'cancel') or to_seller = 0),
  add constraint transition_withdrawal_pays_other_party check (action <> 'withdraw'
    or (actor = 'buyer' and to_buyer = 0) or (actor = 'seller' and to_seller = 0)),
  add constraint transition_outcome_matches_parts check (action not in ('withdraw', 'settle') or outcome is not distinct from
    case when to_buyer = 0 then 'pay_seller' when to_seller = 0 then 'refund_buyer' else 'split' end);

reset role;
