//! What is private in cases, their logs, proposals, decisions and payouts.

use crate::cases::law::Refusal;
use crate::console::mask::{Hide, Mask, masked};
use crate::records::{
    Attachment, Case, CaseDetail, CaseEvent, CaseEventKind, DecidedTexts, Decision, Hint, Message, Note, Payout,
    Proposal,
};
use crate::store::cases::presence::Present;

masked!(Case {
    order_id: open,
    number: open,
    currency: open,
    amount: open,
    merchant: open,
    buyer: name,
    seller: name,
    opened_at: open,
    opened_by: staff,
    seq: open,
    material_event: open,
    stage: open,
    waiting: open,
    queue: open,
    reason: open,
    claimed: open,
    owner: staff,
    lease_until: open,
    clock: open,
    due_at: open,
    rank: open,
    level: open,
    reopened: open,
    answered_at: open,
    decided_at: open,
    closed_at: open,
    snoozed_until: open,
    buyer_language: open,
    seller_language: open,
    reply_event: open,
    unread: open,
    status: open,
    version: open,
});

masked!(CaseDetail { case: deep, events: deep, proposal: deep, decision: deep, payouts: deep, clocks: open });

masked!(Proposal {
    seq: open,
    order_version: open,
    material_event: open,
    to_seller: open,
    to_buyer: open,
    reason: open,
    rationale: words,
    say_seller: words,
    say_buyer: words,
    recorder: staff,
    at: open,
});

masked!(Decision {
    number: open,
    transition_seq: open,
    basis: open,
    to_seller: open,
    to_buyer: open,
    proposal_seq: open,
    reason: open,
    rationale: words,
    say_seller: words,
    say_buyer: words,
    decided_actor: open,
    decided_by: staff,
    proposed_by: staff,
    approved_by: staff,
    decided_at: open,
});

masked!(Payout { party: open, amount: open, seq: open, state: open, reference: words });

masked!(Attachment { name: words, kind: open, facts: open, size: open, digest: open });

masked!(Message { party: open, theirs: open, body: words });

masked!(DecidedTexts { reason: open, rationale: words, say_seller: words, say_buyer: words });

masked!(Hint {
    same: open,
    order_id: open,
    number: open,
    opened_at: open,
    reason: code,
    stage: open,
    currency: open,
    basis: open,
    to_seller: open,
    to_buyer: open,
});

masked!(Present { session: open, person: staff, editing: open, seen_at: open });

masked!(Refusal { why: open, words: code, second: open });

impl Mask for Note {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self(body) = self;
        hide.words(body);
    }
}

/// An item is a line of the checklist, or the reference of a payout.
impl Mask for CaseEvent {
    fn mask(&mut self, hide: &mut dyn Hide) {
        let Self {
            seq,
            kind,
            party,
            person,
            words,
            reason,
            claimed,
            item,
            until,
            clock,
            level,
            actor,
            recorder,
            at,
            note,
            message,
            delivery,
            file,
        } = self;
        _ = (delivery, seq, party, reason, claimed, until, clock, level, actor, at);
        person.iter_mut().for_each(|name| hide.staff(name));
        words.iter_mut().for_each(|words| hide.words(words));
        item.iter_mut().filter(|_| *kind == CaseEventKind::Payout).for_each(|item| hide.words(item));
        hide.staff(recorder);
        note.mask(hide);
        message.mask(hide);
        file.mask(hide);
    }
}
