//! The fields of a case action's form: fields to type in, and fields to choose in.

use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::cases::Policy;
use crate::console::disputes::shown::CaseShown;
use crate::console::kit::form::Field;
use crate::domain::CaseAction;
use crate::records::{Language, Party, PayoutEventKind, PayoutState};

/// A field of a form. Drafts keep it under this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Slot {
    /// Why something is done.
    Why,
    /// To whom a case is handed over.
    To,
    /// What they need to know.
    Note,
    /// Until when a case is put aside.
    Until,
    /// The language of a party.
    Language,
    /// The reason code of the dispute.
    Reason,
    /// How much is claimed.
    Claimed,
    /// A line of the checklist.
    Line,
    /// A note or a message.
    Body,
    /// The party that reads or wrote it, or is paid.
    Party,
    /// A canned text.
    #[strum(serialize = "macro")]
    Canned,
    /// The path of a file.
    Path,
    /// Who gets what: a preset, or another split.
    Outcome,
    /// The seller's part.
    ToSeller,
    /// The buyer's part.
    ToBuyer,
    /// Why it is decided so, for the desk.
    Rationale,
    /// What the seller reads.
    SaySeller,
    /// What the buyer reads.
    SayBuyer,
    /// What happened to a payout.
    What,
    /// Its reference, or why it failed.
    Words,
}

impl Slot {
    /// Its name in drafts.
    pub fn name(self) -> &'static str {
        self.into()
    }
}

fn words(slot: Slot, label: &'static str, hint: &str) -> Field<Slot> {
    Field::words(slot, label, hint)
}

fn amount(slot: Slot, label: &'static str, hint: &str) -> Field<Slot> {
    Field::amount(slot, label, hint)
}

/// A field to choose in; the first choice is selected.
fn choice(slot: Slot, label: &'static str, choices: Vec<(String, String)>) -> Field<Slot> {
    let first = choices.first().map(|(value, _)| value.clone()).unwrap_or_default();
    Field::choice(slot, label, choices).with(first)
}

fn pair(value: &str, words: &str) -> (String, String) {
    (value.to_owned(), words.to_owned())
}

fn parties() -> Vec<(String, String)> {
    vec![pair("buyer", "the buyer"), pair("seller", "the seller")]
}

/// The fields of each case action.
pub fn slots(action: CaseAction, shown: &CaseShown) -> Vec<Field<Slot>> {
    let case = &shown.whole.case;
    let needed = "needed";
    match action {
        CaseAction::Take | CaseAction::Approve | CaseAction::EndSnooze => Vec::new(),
        CaseAction::Snooze => vec![
            words(Slot::Until, "Until", "4h, 2d, a day like 2026-12-01, or a time").with("1d"),
            words(Slot::Why, "Why", "optional"),
        ],
        CaseAction::SetLanguage => {
            let languages = Language::VARIANTS.iter().map(|it| pair(it.name(), it.title())).collect();
            vec![choice(Slot::Party, "Of", parties()), choice(Slot::Language, "Language", languages)]
        }
        CaseAction::TakeOver => vec![words(Slot::Why, "Why", "needed: it stays in the case log")],
        CaseAction::SendBack => vec![words(Slot::Why, "Why", "needed: for the person who proposed it")],
        CaseAction::StopWaiting => vec![words(Slot::Why, "Why", needed)],
        CaseAction::Release | CaseAction::WithdrawProposal | CaseAction::Close => {
            vec![words(Slot::Why, "Why", "optional")]
        }
        CaseAction::HandOver | CaseAction::Reassign => {
            let to = match shown.colleagues.is_empty() {
                true => words(Slot::To, "To", "their login"),
                false => choice(Slot::To, "To", colleagues(shown)).with(""),
            };
            vec![to, Field::lines(Slot::Note, "Note", "needed: what they need to know")]
        }
        CaseAction::SetReason => {
            vec![
                choice(Slot::Reason, "Reason", reasons(&shown.policy)),
                amount(Slot::Claimed, "Claimed", &format!("of {}", shown.stored.order.amount)),
            ]
        }
        CaseAction::TickChecklist => {
            let lines = lines(shown);
            let checked = shown.whole.checked();
            let next = lines.iter().map(|(line, _)| line).find(|line| !checked.contains(*line)).cloned();
            vec![choice(Slot::Line, "Line", lines).with(next.unwrap_or_default())]
        }
        CaseAction::AddNote => vec![Field::lines(Slot::Body, "Note", "internal: only the desk reads it")],
        CaseAction::SendMessage | CaseAction::AskAndWait => {
            vec![
                choice(Slot::Party, "To", parties()),
                choice(Slot::Canned, "Canned text", canned(&shown.policy, None)).with(""),
                Field::lines(Slot::Body, "Message", "the party reads it"),
            ]
        }
        CaseAction::RecordReply => {
            let waits = case.waiting.unwrap_or(Party::Buyer);
            let from = choice(Slot::Party, "From", parties()).with(waits.name());
            vec![from, Field::lines(Slot::Body, "Reply", needed)]
        }
        CaseAction::AttachFile => vec![words(Slot::Path, "File", "its path on this computer")],
        CaseAction::Decide => decision(shown),
        CaseAction::RecordPayout => {
            let (open, paid): (Vec<_>, Vec<_>) =
                shown.whole.payouts.iter().partition(|it| it.state != PayoutState::Confirmed);
            let to = open.into_iter().chain(paid).map(|it| {
                let amount = shown.stored.order.money(it.amount);
                (it.party.name().to_owned(), format!("the {}, {amount}, {}", it.party, it.state))
            });
            vec![
                choice(Slot::Party, "Payout to", to.collect()),
                choice(Slot::What, "What happened", Vec::new()),
                words(Slot::Words, "Reference", "of the payment, or why it failed"),
            ]
        }
    }
}

/// Who can get the case, with how many open cases they have.
pub fn colleagues(shown: &CaseShown) -> Vec<(String, String)> {
    let words = |(login, cases): &(String, i64)| match cases {
        1 => format!("{login}, 1 open case"),
        cases => format!("{login}, {cases} open cases"),
    };
    shown.colleagues.iter().map(|it| pair(&it.0, &words(it))).collect()
}

/// The canned texts for a recipient: choosing one never changes who gets the message.
pub fn canned(policy: &Policy, to: Option<Party>) -> Vec<(String, String)> {
    let fitting = policy.macros.iter().filter(|it| Some(it.to) == to).map(|it| pair(&it.name, &it.name));
    fitting.chain([pair("", "none")]).collect()
}

/// The choice that a payout arrived in one transfer that pays several.
pub const COLLECTIVE: &str = "collective";

/// What can happen to a payout next.
pub fn payable(state: PayoutState) -> Vec<(String, String)> {
    let update = |kind: PayoutEventKind| {
        let again = if kind == PayoutEventKind::Reopened { ": send it again" } else { "" };
        (kind.name().to_owned(), format!("{kind}{again}"))
    };
    let possible: &[PayoutEventKind] = match state {
        PayoutState::Pending => &[PayoutEventKind::Confirmed, PayoutEventKind::Sent, PayoutEventKind::Failed],
        PayoutState::Sent => &[PayoutEventKind::Confirmed, PayoutEventKind::Failed],
        PayoutState::Failed | PayoutState::Returned => &[PayoutEventKind::Reopened],
        PayoutState::Confirmed => &[PayoutEventKind::Returned],
    };
    let mut choices: Vec<_> = possible.iter().copied().map(update).collect();
    if let Some(at) = possible.iter().position(|kind| *kind == PayoutEventKind::Confirmed) {
        let words = format!("{}, in one transfer with others", PayoutEventKind::Confirmed);
        choices.insert(at + 1, (COLLECTIVE.to_owned(), words));
    }
    choices
}

fn lines(shown: &CaseShown) -> Vec<(String, String)> {
    let reason = shown.whole.case.reason.as_deref().and_then(|code| shown.policy.reason(code));
    let checked = shown.whole.checked();
    let line = |line: &String| {
        let sign = if checked.contains(line) { "untick: " } else { "tick: " };
        (line.clone(), format!("{sign}{line}"))
    };
    reason.map_or(&[][..], |it| &it.checklist).iter().map(line).collect()
}

fn decision(shown: &CaseShown) -> Vec<Field<Slot>> {
    let held = shown.stored.order.amount;
    let mut outcomes = vec![pair("100", "Pay seller"), pair("0", "Refund buyer")];
    let presets = shown.policy.presets.iter().filter(|percent| (1..100).contains(*percent));
    outcomes.extend(presets.map(|percent| (percent.to_string(), format!("Split: {percent}% to the seller"))));
    outcomes.push(pair("", "Other split"));
    let of = format!("of {held}, or like 40%");
    vec![
        // Nothing is decided before a person chooses.
        choice(Slot::Outcome, "Outcome", outcomes).with(""),
        amount(Slot::ToSeller, "To seller", &of),
        amount(Slot::ToBuyer, "To buyer", &of),
        choice(Slot::Reason, "Reason", reasons(&shown.policy)),
        Field::lines(Slot::Rationale, "Rationale", "needed: why, for the desk"),
        Field::lines(Slot::SaySeller, "Tell the seller", "what they get"),
        Field::lines(Slot::SayBuyer, "Tell the buyer", "what they get"),
    ]
}

/// The reasons to choose from, as values and labels. None is suggested: the person who decides has to choose.
fn reasons(policy: &Policy) -> Vec<(String, String)> {
    let none = (String::new(), "none yet".to_owned());
    let offered = policy.offered().map(|reason| (reason.code.clone(), reason.title.clone()));
    std::iter::once(none).chain(offered).collect()
}
