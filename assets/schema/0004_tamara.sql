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

reset role;
