//! The fields of a case action's form: fields to type in, and fields to choose in.

use crate::records::{Party, PayoutEventKind, PayoutState};
use tui_input::Input;

use super::CaseShown;
use crate::cases::Policy;
use crate::domain::CaseAction;

/// A field of a form.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its name in drafts.
    pub name: &'static str,
    /// Its label, for people.
    pub label: &'static str,
    /// The typed text, or the chosen value.
    pub input: Input,
    /// The choices, as values and labels; empty for a typed field.
    pub choices: Vec<(String, String)>,
    /// The hint next to the field.
    pub hint: String,
    /// A person typed it; otherwise it is computed from the other fields.
    pub by_hand: bool,
}

fn typed(name: &'static str, label: &'static str, hint: &str) -> Slot {
    Slot { name, label, input: Input::default(), choices: Vec::new(), hint: hint.to_owned(), by_hand: false }
}

fn chosen(name: &'static str, label: &'static str, choices: Vec<(String, String)>) -> Slot {
    let first = choices.first().map(|(value, _)| value.clone()).unwrap_or_default();
    Slot { input: Input::new(first), choices, ..typed(name, label, "left and right choose") }
}

fn pair(value: &str, words: &str) -> (String, String) {
    (value.to_owned(), words.to_owned())
}

fn parties() -> Vec<(String, String)> {
    vec![pair("buyer", "the buyer"), pair("seller", "the seller")]
}

/// The fields of each case action.
pub(super) fn slots(action: CaseAction, shown: &CaseShown) -> Vec<Slot> {
    let case = &shown.whole.case;
    let needed = "needed";
    match action {
        CaseAction::Take | CaseAction::Approve => Vec::new(),
        CaseAction::TakeOver => vec![typed("why", "Why", "needed: it stays in the case log")],
        CaseAction::SendBack => vec![typed("why", "Why", "needed: for the person who proposed it")],
        CaseAction::StopWaiting => vec![typed("why", "Why", needed)],
        CaseAction::Release | CaseAction::WithdrawProposal | CaseAction::Close => vec![typed("why", "Why", "optional")],
        CaseAction::HandOver => {
            vec![typed("to", "To", "their login"), typed("note", "Note", "needed: what they need to know")]
        }
        CaseAction::SetReason => {
            vec![
                chosen("reason", "Reason", reasons(&shown.policy)),
                typed("claimed", "Claimed", &format!("of {}", shown.stored.order.amount)),
            ]
        }
        CaseAction::TickChecklist => vec![chosen("line", "Line", lines(shown))],
        CaseAction::AddNote => vec![typed("body", "Note", "internal: only the desk reads it")],
        CaseAction::SendMessage | CaseAction::AskAndWait => {
            let none = pair("", "none");
            let canned = shown.policy.macros.iter().map(|it| pair(&it.name, &it.name));
            let to = Slot { hint: "left and right choose".to_owned(), ..chosen("party", "To", parties()) };
            vec![
                to,
                chosen("macro", "Canned text", [none].into_iter().chain(canned).collect()),
                typed("body", "Message", "the party reads it"),
            ]
        }
        CaseAction::RecordReply => {
            let mut from = chosen("party", "From", parties());
            from.input = Input::new(case.waiting.unwrap_or(Party::Buyer).name().to_owned());
            vec![from, typed("body", "Reply", needed)]
        }
        CaseAction::AttachFile => vec![typed("path", "File", "its path on this computer")],
        CaseAction::Decide => decision(shown),
        CaseAction::RecordPayout => {
            let open = shown.whole.payouts.iter().filter(|it| it.state != PayoutState::Confirmed);
            let to = open.map(|it| {
                let amount = shown.stored.order.money(it.amount);
                (it.party.name().to_owned(), format!("the {}, {amount}, {}", it.party, it.state))
            });
            vec![
                chosen("party", "Payout to", to.collect()),
                chosen("what", "What happened", Vec::new()),
                typed("words", "Reference", "of the payment, or why it failed"),
            ]
        }
    }
}

/// What can happen to a payout next.
pub(super) fn payable(state: PayoutState) -> Vec<(String, String)> {
    let update = |kind: PayoutEventKind| {
        let again = if kind == PayoutEventKind::Reopened { ": send it again" } else { "" };
        (kind.name().to_owned(), format!("{kind}{again}"))
    };
    let possible: &[PayoutEventKind] = match state {
        PayoutState::Pending => &[PayoutEventKind::Sent, PayoutEventKind::Confirmed, PayoutEventKind::Failed],
        PayoutState::Sent => &[PayoutEventKind::Confirmed, PayoutEventKind::Failed],
        PayoutState::Failed => &[PayoutEventKind::Reopened],
        PayoutState::Confirmed => &[],
    };
    possible.iter().copied().map(update).collect()
}

fn lines(shown: &CaseShown) -> Vec<(String, String)> {
    let reason = shown.whole.case.reason.as_deref().and_then(|code| shown.policy.reason(code));
    let checked = shown.whole.checked();
    let line = |line: &String| {
        let sign = if checked.contains(line) { "untick: " } else { "tick: " };
        (line.clone(), format!("{sign}{line}"))
    };
    let mut lines: Vec<_> = reason.map_or(&[][..], |it| &it.checklist).iter().map(line).collect();
    // Unticked lines come first.
    lines.sort_by_key(|(line, _)| checked.contains(line));
    lines
}

fn decision(shown: &CaseShown) -> Vec<Slot> {
    let held = shown.stored.order.amount;
    let mut outcomes = vec![pair("", "Other split"), pair("100", "Pay seller"), pair("0", "Refund buyer")];
    let presets = shown.policy.presets.iter().filter(|percent| (1..100).contains(*percent));
    outcomes.extend(presets.map(|percent| (percent.to_string(), format!("Split: {percent}% to the seller"))));
    let of = format!("of {held}, or like 40%");
    vec![
        chosen("outcome", "Outcome", outcomes),
        typed("to_seller", "To seller", &of),
        typed("to_buyer", "To buyer", &of),
        chosen("reason", "Reason", reasons(&shown.policy)),
        typed("rationale", "Rationale", "needed: why, for the desk"),
        typed("say_seller", "Tell the seller", "what they get"),
        typed("say_buyer", "Tell the buyer", "what they get"),
    ]
}

/// The reasons to choose from, as values and labels. None is suggested: the person who decides has to choose.
fn reasons(policy: &Policy) -> Vec<(String, String)> {
    let none = (String::new(), "none yet".to_owned());
    let offered = policy.offered().map(|reason| (reason.code.clone(), reason.title.clone()));
    std::iter::once(none).chain(offered).collect()
}
