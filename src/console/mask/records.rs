//! What is private in orders, their logs, facts and plans.

use crate::console::mask::{Hide, Mask, masked};
use crate::records::{Evidence, InPlan, OrderRecord, Plan, Quarantined, Request, Tick, Transition};
use crate::stuck::alarm::{Alarm, Standing};
use crate::stuck::why::Why;

masked!(OrderRecord {
    order: open,
    cancellation_fee: open,
    merchant: open,
    buyer: name,
    seller: name,
    changed_at: open,
    unconfirmed: open,
    quarantined: open,
    owner: staff,
    case_due: open,
    numbers: open,
    outlived: open,
});

masked!(Transition {
    order: open,
    seq: open,
    happened_at: open,
    recorded_at: open,
    actor: open,
    action: open,
    from: open,
    to: open,
    amount: open,
    to_seller: open,
    to_buyer: open,
    outcome: open,
    rejection_pending: open,
    source: open,
    recorder: staff,
    reason: code,
    note: words,
    reference: code,
    inferred: open,
    contradictory: open,
    confirmed: open,
    confirmed_reference: code,
    of_capture: code,
    doubt: open,
});

masked!(Evidence {
    order_id: open,
    kind: open,
    action: open,
    result: open,
    status: open,
    detail: words,
    happened_at: open,
    recorder: staff,
});

masked!(InPlan {
    plan: open,
    title: words,
    follow: open,
    amount: open,
    outcome: open,
    message: words,
    seq: open,
    at: open,
    by: staff,
});

masked!(Tick { step: open, recorder: staff, at: open });

masked!(Plan {
    number: open,
    title: words,
    needs_approval: open,
    rate: open,
    stop_after: open,
    made_by: staff,
    made_at: open,
    what: open,
    why: words,
    seq: open,
    by: staff,
    at: open,
    approved_by: staff,
    orders: open,
    accepted: open,
    refused: open,
    changed: open,
    unknown: open,
    held: open,
});

masked!(Why { cause: open, sure: open, evidence: words, theirs: open });

masked!(Alarm { alert: open, severity: open, said: open, rule: open, query: open, figure: open });

masked!(Standing {
    figure: open,
    alert: open,
    seq: open,
    what: open,
    severity: open,
    since: open,
    said: open,
    reason: words,
    until: open,
    at: open,
    recorder: staff,
    rule: open,
    query: open,
});

/// A fact holds whatever the provider sent, as bytes and as the readings made from them.
impl Mask for Quarantined {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self {
            id,
            order_id,
            provider,
            happened_at,
            received_at,
            raw,
            size,
            why,
            detail,
            merchant,
            import,
            message,
            readings,
            early,
            state,
            note,
            settled_by,
        } = self;
        _ = (id, order_id, provider, happened_at, received_at, size, why, detail, merchant, import, early, state);
        let mut text = String::from_utf8_lossy(raw).into_owned();
        hide.words(&mut text);
        *raw = text.into_bytes();
        hide.words(message);
        let before = readings.clone();
        hide.code(readings);
        if *readings != before {
            // They are JSON.
            "[]".clone_into(readings);
        }
        note.iter_mut().for_each(|note| hide.words(note));
        settled_by.iter_mut().for_each(|name| hide.staff(name));
    }
}

masked!(Request {
    id: open,
    order: open,
    version: open,
    account: open,
    action: open,
    actor: open,
    amount: open,
    state: open,
    attempts: open,
    asked_by: staff,
    created_at: open,
    sent_at: open,
    ended_at: open,
    reference: code,
    message: words,
    seq: open,
    plan: open,
});
