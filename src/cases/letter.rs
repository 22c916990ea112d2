//! The letter that tells a party what was decided and why. Its only sources are the decision, the payouts and the
//! messages to and from that party, so an internal note cannot get into it. [`super::outcome`] has what each party gets, in words.

use chrono::{DateTime, Utc};

use crate::cases::Policy;
use crate::domain::{Money, Order, OrderKey};
use crate::records::{Decision, DecisionBasis, Message, Party, Payout, PayoutState};

/// What a letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The order.
    pub order: &'a Order,
    /// The party's name, if known.
    pub name: Option<&'a str>,
    /// The party.
    pub party: Party,
    /// What was decided.
    pub decision: &'a Decision,
    /// The payouts of the decision.
    pub payouts: &'a [Payout],
    /// The messages to and from this party, oldest first.
    pub messages: &'a [(DateTime<Utc>, &'a Message)],
    /// The policy, for the title of the reason.
    pub policy: &'a Policy,
}

/// A letter, its parts in reading order. The same facts give the same letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// What it is about.
    pub subject: String,
    /// The day of the decision.
    pub date: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

impl Letter {
    /// Writes the letter to a party.
    pub fn of(told: Told<'_>) -> Self {
        let (order, decision) = (told.order, told.decision);
        let id = clean(&order.key);
        let name = told
            .name
            .map_or_else(|| format!("Dear {}", told.party), |name| format!("Dear {}", crate::text::clean(name)));
        let mut paragraphs = vec![format!("{name},")];
        paragraphs.push(reasoned(told, &id));
        paragraphs.push(sentence(told));
        paragraphs.extend(why(told));
        paragraphs.extend(paid(told));
        let said: Vec<String> = told.messages.iter().map(|(at, message)| quoted(*at, message)).collect();
        if !said.is_empty() {
            paragraphs.push("Our messages about this order:".to_owned());
            paragraphs.extend(said);
        }
        paragraphs.push("If you have questions, please reply to this letter and give the order number.".to_owned());
        Self { subject: format!("Order {id}: our decision"), date: day(decision.decided_at), paragraphs }
    }

    /// As plain text, in lines of at most this many cells.
    pub fn text(&self, width: usize) -> String {
        let mut lines = vec![self.date.clone(), String::new(), self.subject.clone(), String::new()];
        for paragraph in &self.paragraphs {
            lines.extend(crate::text::wrap(paragraph, width));
            lines.push(String::new());
        }
        lines.pop();
        lines.join("\n") + "\n"
    }
}

fn clean(key: &OrderKey) -> String {
    crate::text::clean(&key.id)
}

/// What was decided, why and when.
fn reasoned(told: Told<'_>, id: &str) -> String {
    let decision = told.decision;
    let (held, when) = (told.order.amount, day(decision.decided_at));
    let reason = decision.reason.as_deref().map(|code| crate::text::clean(told.policy.title(code)));
    let about = reason.map_or_else(String::new, |reason| format!(", reported as: {reason}"));
    match decision.basis {
        DecisionBasis::Withdrawn => {
            format!("The dispute about order {id} was withdrawn on {when}. We held {held} for it.")
        }
        DecisionBasis::Settled | DecisionBasis::Reported => format!(
            "We have decided the dispute about order {id}{about}. We held {held} for it. The decision was made on {when}."
        ),
    }
}

/// Why it was decided so, in the words of the policy: the team's own reasons are not in a letter. Only what was decided or
/// withdrawn here has a reason that is known here.
fn why(told: Told<'_>) -> Option<String> {
    let decision = told.decision;
    let withdrawn = match (decision.basis, decision.to_seller, decision.to_buyer) {
        (DecisionBasis::Withdrawn, 0, _) => Some("The reason: the seller withdrew it, so the buyer is refunded."),
        (DecisionBasis::Withdrawn, _, 0) => Some("The reason: the buyer withdrew it, so the seller is paid."),
        (DecisionBasis::Withdrawn | DecisionBasis::Settled | DecisionBasis::Reported, ..) => None,
    };
    if let Some(reason) = withdrawn {
        return Some(reason.to_owned());
    }
    let code = decision.reason.as_deref().filter(|_| decision.basis == DecisionBasis::Settled)?;
    let reason = told.policy.reason(code);
    let title = told.policy.title(code);
    let (words, upheld) = match (decision.to_seller, decision.to_buyer) {
        (0, _) => (reason.and_then(|it| it.for_buyer.as_deref()), "was upheld"),
        (_, 0) => (reason.and_then(|it| it.for_seller.as_deref()), "was not upheld"),
        _ => (reason.and_then(|it| it.for_both.as_deref()), "was upheld in part"),
    };
    let words = words.map_or_else(|| format!("the complaint ({title}) {upheld}."), str::to_owned);
    Some(format!("The reason for our decision: {}", crate::text::clean(&words)))
}

/// What this party gets: the sentence written for them, or the default one.
fn sentence(told: Told<'_>) -> String {
    let decision = told.decision;
    let (own, said) = match told.party {
        Party::Seller => (decision.to_seller, &decision.say_seller),
        Party::Buyer => (decision.to_buyer, &decision.say_buyer),
    };
    let parts = crate::domain::Parts { to_seller: decision.to_seller, to_buyer: decision.to_buyer };
    let plain = || match told.party {
        Party::Seller => super::outcome::say_seller(told.order, parts),
        Party::Buyer => super::outcome::say_buyer(told.order, parts),
    };
    let said = said.as_deref().map_or_else(plain, crate::text::clean);
    // The amount is always stated, even if the sentence leaves it out.
    let amount = told.order.money(own).to_string();
    if said.contains(&amount) || own == 0 { said } else { format!("{said} ({amount})") }
}

/// What has been paid to this party.
fn paid(told: Told<'_>) -> Option<String> {
    let payout = told.payouts.iter().find(|payout| payout.party == told.party)?;
    let amount = Money::new(payout.amount, told.order.amount.currency);
    let reference = payout
        .reference
        .as_deref()
        .map_or_else(String::new, |it| format!(" Its reference is {}.", crate::text::clean(it)));
    Some(match payout.state {
        PayoutState::Confirmed => format!("{amount} was paid to you.{reference}"),
        PayoutState::Sent => format!("{amount} is on its way to you.{reference}"),
        PayoutState::Pending | PayoutState::Failed | PayoutState::Returned => format!("{amount} will be paid to you."),
    })
}

fn quoted(at: DateTime<Utc>, message: &Message) -> String {
    let who = if message.theirs { "You" } else { "We" };
    format!("{who}, on {}: {}", day(at), crate::text::clean(&message.body))
}
