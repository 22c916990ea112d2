//! The words of cases, plans and facts, as types. Strings only where SQL or JSON is read or written.

use strum::VariantArray;

use crate::domain::Why;

words! {
    /// A party of an escrow order.
    Party {
        /// Who paid.
        Buyer "buyer" "buyer";
        /// Who delivers.
        Seller "seller" "seller";
    }
}

words! {
    /// In which language a party reads.
    Language {
        /// English.
        English "en" "English";
        /// Arabic.
        Arabic "ar" "Arabic";
    }
}

words! {
    /// The stage of a case.
    CaseStage {
        /// Someone can work on it.
        Working "working" "in progress";
        /// A proposal waits for another person's approval.
        Proposed "proposed" "waiting for approval";
        /// It is decided but not fully paid yet.
        Decided "decided" "decided, not yet paid";
        /// It is closed.
        Closed "closed" "closed";
    }
}

words! {
    /// What happened to a case. The titles say what the person did.
    CaseEventKind {
        /// The case was opened.
        Opened "opened" "opened";
        /// A person took the unclaimed case.
        Claimed "claimed" "took the case";
        /// A person took it over from its owner.
        Taken "taken" "took over";
        /// Its owner returned it to the queue.
        Released "released" "released";
        /// It returned to the queue because its owner did not work on it.
        Returned "returned" "returned to the queue";
        /// Its owner gave it to someone else.
        HandedOver "handed_over" "handed over";
        /// A lead moved it to someone else.
        Reassigned "reassigned" "moved";
        /// Its owner put it aside for a time.
        Snoozed "snoozed" "snoozed";
        /// That time is over.
        Woken "woken" "ended the snooze";
        /// The language of a party was set.
        Language "language" "set the language";
        /// The reason or the claim was set.
        Classified "classified" "set the reason";
        /// A line of the checklist was ticked.
        Checked "checked" "ticked";
        /// A line of the checklist was unticked.
        Unchecked "unchecked" "unticked";
        /// A note was added.
        Noted "noted" "added a note";
        /// A message was sent to a party.
        Messaged "messaged" "sent a message";
        /// A message was sent, and the case waits for the reply.
        Asked "asked" "asked";
        /// A party's reply was recorded.
        Answered "answered" "recorded a reply";
        /// The case waits no longer.
        Resumed "resumed" "stopped waiting";
        /// A file was attached.
        Attached "attached" "attached";
        /// A decision was proposed.
        Proposed "proposed" "proposed";
        /// The proposal was withdrawn.
        Retracted "retracted" "withdrew the proposal";
        /// The proposal was sent back.
        Rejected "rejected" "sent back";
        /// The order was decided.
        Decided "decided" "decided";
        /// Something happened to a payout.
        Payout "payout" "recorded a payout";
        /// A deadline passed.
        Escalated "escalated" "escalated";
        /// The case was closed.
        Closed "closed" "closed";
    }
}

words! {
    /// The state of a payout.
    PayoutState {
        /// It has to be sent.
        Pending "pending" "pending";
        /// It was sent.
        Sent "sent" "sent";
        /// It arrived.
        Confirmed "confirmed" "arrived";
        /// It did not arrive.
        Failed "failed" "failed";
        /// It arrived and came back, for example because the bank returned it.
        Returned "returned" "came back";
    }
}

words! {
    /// What happened to a payout.
    PayoutEventKind {
        /// It was sent.
        Sent "sent" "sent";
        /// It arrived.
        Confirmed "confirmed" "arrived";
        /// It did not arrive.
        Failed "failed" "failed";
        /// It arrived and came back.
        Returned "returned" "came back";
        /// It has to be sent again.
        Reopened "reopened" "reopened";
    }
}

words! {
    /// How a dispute was decided.
    DecisionBasis {
        /// The dispute desk decided.
        Settled "settled" "settled";
        /// A party withdrew.
        Withdrawn "withdrawn" "withdrawn";
        /// The provider reported the decision.
        Reported "reported" "reported";
    }
}

words! {
    /// What an earlier case has in common with this one.
    Shared {
        /// The buyer.
        Buyer "buyer" "buyer";
        /// The seller.
        Seller "seller" "seller";
        /// The merchant.
        Merchant "merchant" "merchant";
        /// A phone number.
        Phone "phone" "phone";
    }
}

words! {
    /// What happened to a plan.
    PlanEventKind {
        /// Another person approved it.
        Approved "approved" "approved";
        /// It was withdrawn for good.
        Withdrawn "withdrawn" "withdrawn";
        /// It runs.
        Started "started" "started";
        /// A person paused it.
        Paused "paused" "paused";
        /// It stopped after too many failures.
        Stopped "stopped" "stopped";
        /// Every row has its result.
        Finished "finished" "finished";
    }
}

words! {
    /// The result of a row of a plan.
    RowOutcome {
        /// It was done.
        Accepted "accepted" "recorded";
        /// The law refused it.
        Refused "refused" "refused";
        /// Someone else moved the order first.
        Changed "changed" "changed meanwhile";
        /// The provider was asked, and it is not known whether it did it: its request goes on.
        Unknown "unknown" "unknown";
    }
}

words! {
    /// Where a request to a provider is.
    RequestState {
        /// It is money that goes out, and waits for a lead's approval.
        ToApprove "to_approve" "waits for approval";
        /// It waits to be sent.
        Queued "queued" "queued";
        /// It is being sent, or was when its server stopped.
        Sending "sending" "sending";
        /// It was sent, and no one knows yet whether it was done: the order is read until it is known.
        Unknown "unknown" "unknown";
        /// The provider did it, and it is recorded.
        Done "done" "done";
        /// The provider refused it; the order is unchanged.
        Refused "refused" "refused";
        /// The provider did not do it; the order is unchanged and may be asked again.
        NotDone "not_done" "not done";
        /// It was withdrawn before it was sent.
        Withdrawn "withdrawn" "withdrawn";
    }
}

impl RequestState {
    /// Whether it goes on: an order has at most one such request.
    pub const fn is_open(self) -> bool {
        match self {
            Self::ToApprove | Self::Queued | Self::Sending | Self::Unknown => true,
            Self::Done | Self::Refused | Self::NotDone | Self::Withdrawn => false,
        }
    }
}

words! {
    /// What became of a message that a server carries.
    DeliveryState {
        /// It waits to be taken, or is tried again.
        Queued "queued" "waits to be sent";
        /// It was taken.
        Sent "sent" "sent";
        /// It could not be carried.
        Failed "failed" "not sent";
    }
}

words! {
    /// Whether the credentials of an account are accepted.
    Health {
        /// No one has asked the provider yet.
        Unknown "unknown" "not checked yet";
        /// They are.
        Good "good" "good";
        /// They are not: nothing is sent until they are replaced.
        Stopped "stopped" "stopped";
    }
}

words! {
    /// The state of a fact in quarantine.
    FactState {
        /// It needs a decision.
        Waiting "waiting" "waiting";
        /// It was applied.
        Applied "applied" "applied";
        /// It was a repetition.
        Repeated "repeated" "repeated";
        /// A person dismissed it.
        Dismissed "dismissed" "dismissed";
    }
}

words! {
    /// A queue of cases. Each is one indexed list, the most urgent first.
    Queue {
        /// Cases that you have.
        Mine "mine" "Mine";
        /// Cases without an owner.
        Unclaimed "unclaimed" "Unclaimed";
        /// Cases that someone is working on.
        Working "working" "In progress";
        /// Cases that wait for the buyer's reply.
        WaitingBuyer "waiting_buyer" "Waiting for buyer";
        /// Cases that wait for the seller's reply.
        WaitingSeller "waiting_seller" "Waiting for seller";
        /// Proposals that wait for another person's approval.
        Proposed "proposed" "To approve";
        /// Resolved cases that are not fully paid yet.
        Unpaid "unpaid" "Resolved, not yet paid";
        /// Resolved cases with a payout that did not arrive.
        Failed "failed" "Payout failed";
        /// Cases whose payout arrived and came back.
        Returned "returned" "Paid, came back";
        /// Cases past their deadline.
        Overdue "overdue" "Overdue";
        /// All open cases.
        Open "open" "All open";
        /// Cases that their owner put aside until a time.
        Snoozed "snoozed" "Snoozed";
        /// Closed cases, the latest first.
        Closed "closed" "Closed";
    }
}

#[expect(clippy::derivable_impls, reason = "the macro has no place for a default")]
impl Default for Queue {
    fn default() -> Self {
        Self::Unclaimed
    }
}

words! {
    /// A clock of a case. The database runs them, by the policy in force.
    Clock {
        /// From the complaint until someone writes to a party.
        FirstAnswer "first_answer" "first answer";
        /// From asking the buyer until they answer.
        BuyerAnswer "buyer_answer" "buyer's answer";
        /// From asking the seller until they answer.
        SellerAnswer "seller_answer" "seller's answer";
        /// From the complaint until a decision; it pauses while the case waits for a party.
        Decision "decision" "decision";
        /// From a proposal until another person approves it or sends it back.
        Approval "approval" "approval";
        /// From a decision until it is paid.
        Payout "payout" "payout";
    }
}

words! {
    /// What is odd about a refund of a capture.
    Doubt {
        /// No capture with this reference is known here.
        UnknownCapture "unknown_capture" "of a capture not known here";
        /// Less was captured with this reference.
        MoreThanCapture "more_than_capture" "more than that capture";
    }
}

words! {
    /// What happened that concerns a person.
    Concern {
        /// A lead sent this person's proposal back.
        SentBack "sent_back" "sent back";
        /// A lead approved this person's proposal.
        Approved "approved" "approved";
        /// Someone else decided this person's case, or a party or the provider did.
        Decided "decided" "decided";
        /// Someone handed a case over to this person.
        HandedOver "handed_over" "handed over to you";
        /// Someone took over this person's case.
        Taken "taken" "taken from you";
        /// This person did not work on a case in time, and it went back to the queue.
        LeaseEnded "lease_ended" "back in the queue";
        /// The time until which this person put a case aside is over.
        SnoozeEnded "snooze_ended" "back from snooze";
        /// This person's case missed a deadline.
        Late "late" "late";
        /// A party answered in this person's case.
        Answered "answered" "answered";
        /// Someone else paid what this person decided.
        Paid "paid" "paid";
        /// A payout that this person decided failed.
        PayoutFailed "payout_failed" "payout failed";
        /// A payout that this person decided came back.
        PayoutReturned "payout_returned" "payout came back";
        /// Someone approved this person's plan.
        PlanApproved "plan_approved" "plan approved";
        /// Someone withdrew this person's plan.
        PlanWithdrawn "plan_withdrawn" "plan withdrawn";
        /// This person's plan stopped before its end.
        PlanStopped "plan_stopped" "plan stopped";
        /// This person's plan was run to its end by someone else.
        PlanFinished "plan_finished" "plan finished";
        /// A lead approved what this person asked of a provider.
        RequestApproved "request_approved" "request approved";
        /// Someone withdrew what this person asked of a provider.
        RequestWithdrawn "request_withdrawn" "request withdrawn";
        /// The provider refused what this person asked.
        RequestRefused "request_refused" "refused by the provider";
        /// It is not known whether the provider did what this person asked.
        RequestUnknown "request_unknown" "not known whether done";
        /// What was not known is: the provider did it.
        RequestDone "request_done" "done by the provider";
        /// What was not known is: the provider did not do it.
        RequestNotDone "request_not_done" "not done by the provider";
    }
}

words! {
    /// Why a fact is in quarantine, apart from the law's refusals.
    HeldKind {
        /// The line or notification cannot be read.
        Unreadable "unreadable" "unreadable";
        /// A word in it is not known.
        Unknown "unknown" "unknown word";
        /// Its currency is not known, or not the provider's.
        Currency "currency" "currency";
        /// Its amount does not fit.
        Amount "amount" "amount";
        /// The database refused it.
        Refused "refused" "refused by the database";
        /// Its order is not known.
        UnknownOrder "unknown_order" "unknown order";
        /// It is dated ahead of the database's clock.
        Future "future" "from the future";
        /// It contradicts itself, its order or an earlier fact.
        Contradictory "contradictory" "contradictory";
        /// It is dated before the order's last transition.
        Time "time" "wrong time";
        /// It decides more money than the policy's limit, and no proposal says the same: a lead applies it.
        Limit "limit" "above the limit";
        /// It came to the account of another merchant than that of its order.
        OtherAccount "other_account" "another account";
        /// More than one way could have led there.
        SeveralWays "several_ways" "several ways";
    }
}

/// Every reason for which a fact can be in quarantine: its own, and the law's refusals.
pub fn held_kinds() -> impl Iterator<Item = &'static str> + Clone {
    let own = HeldKind::VARIANTS.iter().map(|kind| kind.name());
    let known = |name: &&str| name.parse::<HeldKind>().is_err();
    own.chain(Why::VARIANTS.iter().map(|why| why.name()).filter(known))
}
