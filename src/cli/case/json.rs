//! The JSON shapes of cases that other programs rely on.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::cases::{Policy, hint};
use crate::cli::json::{PayoutLine, time};
use crate::domain::{Actor, Outcome, Parts};
use crate::records::{Case, CaseEvent};
use crate::records::{CaseDetail, Clock, DeliveryState, Hint, Party};

/// One case.
#[derive(Debug, Serialize)]
pub struct CaseLine {
    order: String,
    case: i32,
    status: String,
    stage: &'static str,
    queue: &'static str,
    owner: Option<String>,
    lease_until: Option<String>,
    waiting: Option<&'static str>,
    snoozed_until: Option<String>,
    reason: Option<String>,
    claimed: Option<String>,
    currency: String,
    amount: String,
    merchant: Option<String>,
    buyer: Option<String>,
    seller: Option<String>,
    opened_at: String,
    opened_by: String,
    clock: Option<&'static str>,
    due_at: Option<String>,
    overdue: bool,
    level: i16,
    reopened: bool,
    /// There is a reply that the person who asks has not read; false where that is not looked up.
    unread: bool,
    seq: i32,
    version: i32,
    cursor: String,
}

fn digits(case: &Case, minor: i64) -> String {
    case.money(minor).map_or_else(|| minor.to_string(), |money| money.digits())
}

impl CaseLine {
    /// A case as a line.
    pub fn of(case: &Case, now: DateTime<Utc>) -> Self {
        // A lease that has ended gives no owner, even if that is not recorded yet.
        let owner = case.holder(now).map(str::to_owned);
        Self {
            order: case.id().to_owned(),
            case: case.number,
            status: case.status.clone(),
            stage: case.stage.name(),
            queue: case.queue.name(),
            lease_until: case.lease_until.filter(|_| owner.is_some()).map(time),
            owner,
            waiting: case.waiting.map(Party::name),
            snoozed_until: case.snoozed_until.map(time),
            reason: case.reason.clone(),
            claimed: case.claimed.map(|minor| digits(case, minor)),
            currency: case.currency.clone(),
            amount: digits(case, case.amount),
            merchant: case.merchant.clone(),
            buyer: case.buyer.clone(),
            seller: case.seller.clone(),
            opened_at: time(case.opened_at),
            opened_by: case.opened_by.clone(),
            clock: case.clock.map(Clock::name),
            due_at: case.due_at.map(time),
            overdue: case.due_at.is_some_and(|due| due < now),
            level: case.level,
            reopened: case.reopened,
            unread: case.unread,
            seq: case.seq,
            version: case.version,
            cursor: case.place().text(),
        }
    }
}

/// One event of a case.
#[derive(Debug, Serialize)]
pub struct EventLine {
    seq: i32,
    at: String,
    what: &'static str,
    /// Who recorded it; `None` if it happened automatically.
    by: Option<String>,
    /// Whom the law says it comes from, if not from that person.
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    party: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<i16>,
    /// For the desk only.
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_note: Option<String>,
    /// Visible to the party.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// What became of the message to a party: queued, sent or failed; absent if it is only recorded here.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<DeliveryState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<FileLine>,
}

#[derive(Debug, Serialize)]
struct FileLine {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    facts: String,
    size: i32,
    sha256: String,
}

impl EventLine {
    /// An event of this case.
    pub fn of(case: &Case, event: &CaseEvent) -> Self {
        Self {
            seq: event.seq,
            at: time(event.at),
            what: event.kind.name(),
            by: Some(event.recorder.clone()).filter(|recorder| !recorder.is_empty()),
            actor: event.actor.map(Actor::name),
            party: event.party.map(Party::name),
            person: event.person.clone(),
            words: event.words.clone(),
            reason: event.reason.clone(),
            claimed: event.claimed.map(|minor| digits(case, minor)),
            item: event.item.clone(),
            until: event.until.map(time),
            clock: event.clock.map(Clock::name),
            level: event.level,
            internal_note: event.note.as_ref().map(|note| note.0.clone()),
            message: event.message.as_ref().map(|message| message.body.clone()),
            delivery: event.delivery.as_ref().map(|delivery| delivery.state),
            fault: event.delivery.as_ref().and_then(|delivery| delivery.fault.clone()),
            file: event.file.as_ref().map(|file| FileLine {
                name: file.name.clone(),
                kind: file.kind.clone(),
                facts: file.facts.clone(),
                size: file.size,
                sha256: file.digest.clone(),
            }),
        }
    }
}

/// A case with all its details.
#[derive(Debug, Serialize)]
pub struct CaseShown {
    #[serde(flatten)]
    case: CaseLine,
    clocks: Vec<ClockLine>,
    checklist: Vec<CheckLine>,
    missing: Vec<String>,
    proposal: Option<ProposalLine>,
    decision: Option<DecisionLine>,
    payouts: Vec<PayoutLine>,
    events: Vec<EventLine>,
    /// Earlier cases of the same people.
    hints: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ClockLine {
    clock: &'static str,
    due_at: Option<String>,
    /// While it is paused: how many seconds are left.
    rests_with: Option<i64>,
    then: Option<String>,
}

#[derive(Debug, Serialize)]
struct CheckLine {
    line: String,
    done: bool,
}

#[derive(Debug, Serialize)]
struct ProposalLine {
    seq: i32,
    by: String,
    at: String,
    outcome: &'static str,
    to_seller: String,
    to_buyer: String,
    reason: String,
    rationale: String,
    say_seller: String,
    say_buyer: String,
    out_of_date: bool,
}

#[derive(Debug, Serialize)]
struct DecisionLine {
    basis: &'static str,
    outcome: &'static str,
    to_seller: String,
    to_buyer: String,
    reason: Option<String>,
    rationale: Option<String>,
    say_seller: Option<String>,
    say_buyer: Option<String>,
    decided_actor: &'static str,
    decided_by: String,
    proposed_by: Option<String>,
    approved_by: Option<String>,
    at: String,
}

fn called(to_seller: i64, to_buyer: i64) -> &'static str {
    Outcome::of(Parts { to_seller, to_buyer }).name()
}

impl CaseShown {
    /// A case with all its details.
    pub fn of(whole: &CaseDetail, policy: &Policy, hints: &[Hint], now: DateTime<Utc>) -> Self {
        let case = &whole.case;
        let checked = whole.checked();
        let lines = case.reason.as_deref().and_then(|code| policy.reason(code)).map_or(&[][..], |it| &it.checklist);
        let missing = policy.missing(case.reason.as_deref(), &checked).map(str::to_owned).collect();
        Self {
            case: CaseLine::of(case, now),
            clocks: whole
                .clocks
                .iter()
                .map(|it| ClockLine {
                    clock: it.name.name(),
                    due_at: it.due_at.map(time),
                    rests_with: it.rest,
                    then: policy.clocks.get(&it.name).map(|rule| rule.then.clone()),
                })
                .collect(),
            checklist: lines
                .iter()
                .map(|line| CheckLine { line: line.clone(), done: checked.contains(line) })
                .collect(),
            missing,
            proposal: whole.waiting_proposal().map(|(it, out_of_date)| ProposalLine {
                seq: it.seq,
                by: it.recorder.clone(),
                at: time(it.at),
                outcome: called(it.to_seller, it.to_buyer),
                to_seller: digits(case, it.to_seller),
                to_buyer: digits(case, it.to_buyer),
                reason: it.reason.clone(),
                rationale: it.rationale.clone(),
                say_seller: it.say_seller.clone(),
                say_buyer: it.say_buyer.clone(),
                out_of_date,
            }),
            decision: whole.decision.as_ref().map(|it| DecisionLine {
                basis: it.basis.name(),
                outcome: called(it.to_seller, it.to_buyer),
                to_seller: digits(case, it.to_seller),
                to_buyer: digits(case, it.to_buyer),
                reason: it.reason.clone(),
                rationale: it.rationale.clone(),
                say_seller: it.say_seller.clone(),
                say_buyer: it.say_buyer.clone(),
                decided_actor: it.decided_actor.name(),
                decided_by: it.decided_by.clone(),
                proposed_by: it.proposed_by.clone(),
                approved_by: it.approved_by.clone(),
                at: time(it.decided_at),
            }),
            payouts: whole.payouts.iter().map(|it| PayoutLine::with(digits(case, it.amount), it)).collect(),
            events: whole.events.iter().map(|event| EventLine::of(case, event)).collect(),
            hints: hints.iter().map(|hint| hint::words(hint, policy)).collect(),
        }
    }
}

/// The result of a command that was done.
#[derive(Debug, Serialize)]
pub struct DoneLine {
    result: &'static str,
    case: CaseLine,
    event: Option<EventLine>,
    payouts: Vec<PayoutLine>,
}

impl DoneLine {
    /// The case after the command, with its last event.
    pub fn of(whole: &CaseDetail, now: DateTime<Utc>) -> Self {
        let payouts = CaseShown::of(whole, &Policy::empty(), &[], now).payouts;
        let event = whole.events.last().map(|event| EventLine::of(&whole.case, event));
        Self { result: "done", case: CaseLine::of(&whole.case, now), event, payouts }
    }
}

/// The result when someone else was first.
#[derive(Debug, Serialize)]
pub struct ConflictLine {
    result: &'static str,
    why: String,
    message: String,
    order: String,
    status: String,
    stage: &'static str,
    owner: Option<String>,
    seq: i32,
    by: Option<String>,
    actor: Option<&'static str>,
    at: Option<String>,
}

impl ConflictLine {
    /// The case as someone else left it.
    pub fn of(case: &Case, last: Option<&CaseEvent>, why: &str, message: &str, now: DateTime<Utc>) -> Self {
        Self {
            result: "conflict",
            why: why.to_owned(),
            message: message.to_owned(),
            order: case.id().to_owned(),
            status: case.status.clone(),
            stage: case.stage.name(),
            owner: case.holder(now).map(str::to_owned),
            seq: case.seq,
            by: last.map(|event| event.recorder.clone()).filter(|recorder| !recorder.is_empty()),
            actor: last.and_then(|event| event.actor).map(Actor::name),
            at: last.map(|event| time(event.at)),
        }
    }
}

/// The result when a command is refused.
#[derive(Debug, Serialize)]
pub struct RefusedLine<'a> {
    /// Always `refused`.
    pub result: &'static str,
    /// The reason, as a code word.
    pub why: &'a str,
    /// The reason, for people.
    pub message: &'a str,
}
