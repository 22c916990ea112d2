//! The fields of a deed's form: what is typed, and what is chosen from what.

use tui_input::Input;

use super::CaseShown;
use super::deed::reasons;
use crate::case::Deed;

/// One thing to be said.
#[derive(Debug, Clone)]
pub struct Slot {
    /// As drafts know it.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    /// What is typed, or the chosen value.
    pub input: Input,
    /// What can be chosen, as values and words; nothing where it is typed.
    pub choices: Vec<(String, String)>,
    /// It stands beside the field.
    pub hint: String,
    /// Somebody typed it; else it follows from the others.
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

/// What has to be said with each deed.
pub(super) fn slots(deed: Deed, shown: &CaseShown) -> Vec<Slot> {
    let case = &shown.whole.case;
    let needed = "needed";
    match deed {
        Deed::Claim | Deed::Approve => Vec::new(),
        Deed::Take => vec![typed("why", "Why", "needed: it stays in the case's history")],
        Deed::Reject => vec![typed("why", "Why", "needed: for whoever proposed it")],
        Deed::Resume => vec![typed("why", "Why", needed)],
        Deed::Release | Deed::Retract | Deed::Close => vec![typed("why", "Why", "if there is something to say")],
        Deed::HandOver => {
            vec![typed("to", "To", "their login"), typed("note", "Note", "needed: what they have to know")]
        }
        Deed::Classify => {
            vec![
                chosen("reason", "Reason", reasons(&shown.policy)),
                typed("claimed", "Claimed", &format!("of {}", shown.stored.order.amount)),
            ]
        }
        Deed::Check => vec![chosen("line", "Line", lines(shown))],
        Deed::Note => vec![typed("body", "Note", "internal: only the desk reads it")],
        Deed::Message | Deed::Ask => {
            let none = pair("", "none");
            let canned = shown.policy.macros.iter().map(|it| pair(&it.name, &it.name));
            let to = Slot { hint: "left and right choose".to_owned(), ..chosen("party", "To", parties()) };
            vec![
                to,
                chosen("macro", "Canned text", [none].into_iter().chain(canned).collect()),
                typed("body", "Message", "the party reads it"),
            ]
        }
        Deed::Answer => {
            let mut from = chosen("party", "From", parties());
            from.input = Input::new(case.waiting.clone().unwrap_or_else(|| "buyer".to_owned()));
            vec![from, typed("body", "They said", needed)]
        }
        Deed::Attach => vec![typed("path", "File", "its path on this machine")],
        Deed::Decide => decision(shown),
        Deed::Pay => {
            let open = shown.whole.payouts.iter().filter(|it| it.state != "confirmed");
            let to = open.map(|it| {
                let amount = shown.stored.order.money(it.amount);
                (it.party.clone(), format!("the {}, {amount}, {}", it.party, it.state))
            });
            vec![
                chosen("party", "Payout to", to.collect()),
                chosen("what", "It", Vec::new()),
                typed("words", "Reference", "of a payment; why, where it failed"),
            ]
        }
    }
}

/// What may become of a payout next.
pub(super) fn payable(state: &str) -> Vec<(String, String)> {
    match state {
        "pending" => vec![pair("sent", "was sent"), pair("confirmed", "arrived"), pair("failed", "failed")],
        "sent" => vec![pair("confirmed", "arrived"), pair("failed", "failed")],
        "failed" => vec![pair("reopened", "is to be sent anew")],
        _ => Vec::new(),
    }
}

fn lines(shown: &CaseShown) -> Vec<(String, String)> {
    let reason = shown.whole.case.reason.as_deref().and_then(|code| shown.policy.reason(code));
    let checked = shown.whole.checked();
    let line = |line: &String| {
        let sign = if checked.contains(line) { "take off: " } else { "tick: " };
        (line.clone(), format!("{sign}{line}"))
    };
    let mut lines: Vec<_> = reason.map_or(&[][..], |it| &it.checklist).iter().map(line).collect();
    // What is missing comes first.
    lines.sort_by_key(|(line, _)| checked.contains(line));
    lines
}

fn decision(shown: &CaseShown) -> Vec<Slot> {
    let held = shown.stored.order.amount;
    let mut outcomes = vec![pair("", "by hand"), pair("100", "pay seller"), pair("0", "refund buyer")];
    let presets = shown.policy.presets.iter().filter(|percent| (1..100).contains(*percent));
    outcomes.extend(presets.map(|percent| (percent.to_string(), format!("split: {percent}% to the seller"))));
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
