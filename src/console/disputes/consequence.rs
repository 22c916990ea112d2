//! The full consequence of a case action, to read before confirming.

use crate::cases::outcome;
use crate::console::disputes::entries::CaseEntries;
use crate::console::disputes::shown::CaseShown;
use crate::desk::cases::{CaseCommand, PayoutUpdate};
use crate::domain::{CaseAction, Parts, atarapay, consequence};
use crate::records::{Party, PayoutState};
use crate::text;

const INTERNAL: &str = "Internal: only the desk reads it. It is never in a letter or an export.";

/// The full consequence of a case action, to read before confirming.
pub fn consequence(entries: &CaseEntries, shown: &CaseShown) -> Vec<String> {
    let order = &shown.stored.order;
    let doing = match entries.doing(shown) {
        Ok(doing) => doing,
        Err(_) if entries.action == CaseAction::AttachFile => {
            return vec!["The file is stored with its SHA-256. A waiting proposal has to be made again.".to_owned()];
        }
        // Shows what a note is for before anything is typed.
        Err(fault) if entries.action == CaseAction::AddNote => return vec![INTERNAL.to_owned(), fault.text],
        Err(fault) => return vec![fault.text],
    };
    match doing {
        CaseCommand::Decide { parts, said, .. } => {
            let mut lines = vec![format!("{}.", consequence::shares(order, parts))];
            lines.extend(outcome::fees(order, shown.stored.cancellation_fee));
            lines.push(format!("The parts add up to {} exactly; {}.", order.amount, outcome::ROUNDING));
            let limit = shown.policy.limit(order.amount.currency).filter(|_| shown.policy.needs_approval(order.amount));
            lines.push(match limit {
                Some(limit) => {
                    format!("{} is more than {limit}: you propose it, and another person approves it.", order.amount)
                }
                None => "The order becomes Dispute Resolved. This cannot be undone.".to_owned(),
            });
            lines.extend(evidence(shown, &said.reason));
            lines.push(format!("Seller reads: {}", said.say_seller));
            lines.push(format!("Buyer reads: {}", said.say_buyer));
            lines
        }
        CaseCommand::Approve { .. } => approval(shown),
        CaseCommand::SendMessage { message, ask } => {
            let waits = if ask { " The decision clock is paused until they answer." } else { "" };
            let letters = text::grouped(message.body.chars().count() as i64);
            vec![
                match shown.carried {
                    true => {
                        format!("The {} gets this, {letters} letters. It cannot be recalled.{waits}", message.party)
                    }
                    false => format!(
                        "Recorded only, {letters} letters: no server carries messages, so send it to the {} yourself.{waits}",
                        message.party
                    ),
                },
                message.body,
            ]
        }
        CaseCommand::HandOver { to, .. } | CaseCommand::Reassign { to, .. } if shown.colleagues.is_empty() => vec![
            entries.action.definition().to_owned(),
            format!(
                "No one is registered, so no one knows whether there is a login {}: check its letters.",
                text::clean(&to)
            ),
        ],
        CaseCommand::AddNote { .. } => vec![INTERNAL.to_owned()],
        CaseCommand::RecordPayout { party, how } => paying(shown, party, &how),
        _ => vec![entries.action.definition().to_owned()],
    }
}

/// What of the evidence that this reason asks for is there, and what is missing.
fn evidence(shown: &CaseShown, reason: &str) -> Option<String> {
    let all = shown.policy.reason(reason).map_or(0, |reason| reason.checklist.len());
    let checked = shown.whole.checked();
    let missing: Vec<&str> = shown.policy.missing(Some(reason), &checked).collect();
    let there = all.saturating_sub(missing.len());
    match (all, missing.len()) {
        (0, _) => None,
        (_, 0) => Some(format!("Evidence {there} of {all}: nothing is missing.")),
        (_, 1) => Some(format!("Evidence {there} of {all}: {} is missing.", missing[0])),
        _ => Some(format!("Evidence {there} of {all}: {} are missing.", missing.join(", "))),
    }
}

/// The facts and the difference, for the person who approves.
fn approval(shown: &CaseShown) -> Vec<String> {
    let Some((proposal, stale)) = shown.whole.waiting_proposal() else {
        return vec!["Nothing is proposed.".to_owned()];
    };
    let parts = Parts { to_seller: proposal.to_seller, to_buyer: proposal.to_buyer };
    let checked = shown.whole.checked();
    let missing: Vec<&str> = shown.policy.missing(Some(&proposal.reason), &checked).collect();
    let files = shown.whole.events.iter().filter(|event| event.file.is_some()).count();
    let mut lines = vec![
        format!("{} proposes: {}.", proposal.recorder, outcome::difference(&shown.stored.order, parts)),
        format!("{}: {}", shown.policy.title(&proposal.reason), proposal.rationale),
        format!("Seller reads: {}", proposal.say_seller),
        format!("Buyer reads: {}", proposal.say_buyer),
        format!(
            "{files} files are attached{}",
            if missing.is_empty() {
                "; the checklist is complete.".to_owned()
            } else {
                format!("; missing: {}.", missing.join(", "))
            }
        ),
    ];
    lines.push(if stale {
        "The order or the case changed after the proposal. It can no longer be approved.".to_owned()
    } else {
        "The order becomes Dispute Resolved. This cannot be undone.".to_owned()
    });
    lines
}

fn paying(shown: &CaseShown, party: Party, how: &PayoutUpdate) -> Vec<String> {
    let amount = shown.whole.payouts.iter().find(|it| it.party == party).map(|it| shown.stored.order.money(it.amount));
    let amount = amount.map_or_else(String::new, |amount| amount.to_string());
    let was = shown.whole.payouts.iter().find(|it| it.party == party).map(|it| it.state);
    let is_open = shown.stored.order.status == atarapay::Status::DisputeResolved.status();
    let rest = shown.whole.payouts.iter().filter(|it| it.party != party && it.state != PayoutState::Confirmed).count();
    vec![match how {
        PayoutUpdate::Sent { .. } => format!("{amount} to the {party} is on its way. No one else can send it now."),
        PayoutUpdate::Confirmed { .. } if rest == 0 && is_open => format!(
            "{amount} to the {party} has arrived. The order becomes Completed, the case closes. This cannot be undone."
        ),
        PayoutUpdate::Confirmed { .. } => format!("{amount} to the {party} has arrived. This cannot be undone."),
        PayoutUpdate::Failed { .. } if was == Some(PayoutState::Confirmed) => {
            format!("{amount} to the {party} came back. The order stays as it is; the money has to be paid again.")
        }
        PayoutUpdate::Failed { .. } => {
            format!("{amount} to the {party} did not arrive. Reopen it before you send it again.")
        }
        PayoutUpdate::Reopened => format!("{amount} to the {party} can be sent again."),
    }]
}
