//! The letter that tells a party what was decided and why. Its only sources are the decision, the payouts and the
//! messages to and from that party, so an internal note cannot get into it. [`super::outcome`] has what each party gets, in words.

pub mod phrases;

use chrono::{DateTime, Utc};
use strum::VariantArray;

use crate::cases::Policy;
use crate::cases::fill::fill;
use crate::domain::{Money, Order, Parts};
use crate::records::{Decision, DecisionBasis, Language, Message, Party, Payout, PayoutState};
use phrases::Phrases;

/// What a letter is made of.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The order.
    pub order: &'a Order,
    /// The party's name, if known.
    pub name: Option<&'a str>,
    /// The party.
    pub party: Party,
    /// The language that the party reads.
    pub language: Language,
    /// What was decided.
    pub decision: &'a Decision,
    /// The payouts of the decision.
    pub payouts: &'a [Payout],
    /// The messages to and from this party, oldest first.
    pub messages: &'a [(DateTime<Utc>, &'a Message)],
    /// The policy, for the words of the reason and the end of the letter.
    pub policy: &'a Policy,
}

/// A letter, its parts in reading order. The same facts give the same letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its language.
    pub language: Language,
    /// What it is about.
    pub subject: String,
    /// The day of the decision.
    pub date: String,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}

impl Letter {
    /// Writes the letter to a party.
    pub fn of(told: Told<'_>) -> Self {
        let phrases = Phrases::of(told.language);
        let id = crate::text::clean(&told.order.key.id);
        let name = told.name.map_or_else(|| phrases.party(told.party).to_owned(), crate::text::clean);
        let mut paragraphs = vec![fill(phrases.dear, &[("{name}", Some(&name))])];
        paragraphs.push(reasoned(told, phrases, &id));
        paragraphs.push(sentence(told));
        paragraphs.extend(why(told, phrases));
        paragraphs.extend(paid(told, phrases));
        let said: Vec<String> = told.messages.iter().map(|(at, message)| quoted(phrases, *at, message)).collect();
        if !said.is_empty() {
            paragraphs.push(phrases.messages.to_owned());
            paragraphs.extend(said);
        }
        let ending = told.policy.letters.ending(told.language);
        paragraphs.extend(ending.appeal.as_deref().map(crate::text::clean));
        paragraphs.push(phrases.questions.to_owned());
        let signature = ending.signature.iter().flat_map(|signature| signature.lines());
        paragraphs.extend(signature.map(crate::text::clean).filter(|line| !line.is_empty()));
        let subject = fill(phrases.subject, &[("{order}", Some(&id))]);
        Self { language: told.language, subject, date: phrases.day(told.decision.decided_at), paragraphs }
    }

    /// As plain text, in lines of at most this many cells. Letters stay in the order in which they are read.
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

/// The standard sentence about what a party gets.
pub fn standard(order: &Order, parts: Parts, party: Party, language: Language) -> String {
    let phrases = Phrases::of(language);
    let (own, theirs, other) = match party {
        Party::Seller => (parts.to_seller, parts.to_buyer, Party::Buyer),
        Party::Buyer => (parts.to_buyer, parts.to_seller, Party::Seller),
    };
    let sentence = match (own, theirs) {
        (0, _) => phrases.nothing,
        (_, 0) => phrases.everything,
        _ => phrases.part,
    };
    let (held, own, theirs) = (order.amount.to_string(), order.money(own).to_string(), order.money(theirs).to_string());
    let other = phrases.other(other);
    let known =
        [("{own}", Some(&*own)), ("{held}", Some(&*held)), ("{theirs}", Some(&*theirs)), ("{other}", Some(other))];
    fill(sentence, &known)
}

/// What was decided, why and when.
fn reasoned(told: Told<'_>, phrases: &Phrases, id: &str) -> String {
    let decision = told.decision;
    let (held, day) = (told.order.amount.to_string(), phrases.day(decision.decided_at));
    let title = decision.reason.as_deref().map(|code| crate::text::clean(told.policy.title_in(code, told.language)));
    let about = title.map_or_else(String::new, |title| fill(phrases.about, &[("{reason}", Some(&title))]));
    let sentence = match decision.basis {
        DecisionBasis::Withdrawn => phrases.withdrawn,
        DecisionBasis::Settled | DecisionBasis::Reported => phrases.decided,
    };
    let known = [("{order}", Some(id)), ("{about}", Some(&*about)), ("{held}", Some(&*held)), ("{day}", Some(&*day))];
    fill(sentence, &known)
}

/// Why it was decided so, in the words of the policy: the team's own reasons are not in a letter. Only what was decided or
/// withdrawn here has a reason that is known here.
fn why(told: Told<'_>, phrases: &Phrases) -> Option<String> {
    let decision = told.decision;
    let withdrawn = match (decision.basis, decision.to_seller, decision.to_buyer) {
        (DecisionBasis::Withdrawn, 0, _) => Some(phrases.seller_withdrew),
        (DecisionBasis::Withdrawn, _, 0) => Some(phrases.buyer_withdrew),
        (DecisionBasis::Withdrawn | DecisionBasis::Settled | DecisionBasis::Reported, ..) => None,
    };
    if let Some(reason) = withdrawn {
        return Some(reason.to_owned());
    }
    let code = decision.reason.as_deref().filter(|_| decision.basis == DecisionBasis::Settled)?;
    let words = told.policy.reason(code).map(|reason| reason.words(told.language));
    let (words, upheld) = match (decision.to_seller, decision.to_buyer) {
        (0, _) => (words.and_then(|it| it.for_buyer), phrases.upheld[0]),
        (_, 0) => (words.and_then(|it| it.for_seller), phrases.upheld[1]),
        _ => (words.and_then(|it| it.for_both), phrases.upheld[2]),
    };
    let title = told.policy.title_in(code, told.language);
    let words = words.map_or_else(|| fill(upheld, &[("{title}", Some(title))]), str::to_owned);
    Some(fill(phrases.because, &[("{words}", Some(&crate::text::clean(&words)))]))
}

/// What this party gets: the sentence written for them, or the standard one. A standard sentence is in the party's language, whatever
/// it was when it was decided.
fn sentence(told: Told<'_>) -> String {
    let decision = told.decision;
    let (own, said) = match told.party {
        Party::Seller => (decision.to_seller, &decision.say_seller),
        Party::Buyer => (decision.to_buyer, &decision.say_buyer),
    };
    let parts = Parts { to_seller: decision.to_seller, to_buyer: decision.to_buyer };
    let plain = |language| standard(told.order, parts, told.party, language);
    let own_words =
        said.as_deref().filter(|said| !Language::VARIANTS.iter().any(|&language| plain(language) == **said));
    let said = own_words.map_or_else(|| plain(told.language), crate::text::clean);
    // The amount is always stated, even if the sentence leaves it out.
    let amount = told.order.money(own).to_string();
    if said.contains(&amount) || own == 0 { said } else { format!("{said} ({amount})") }
}

/// What has been paid to this party.
fn paid(told: Told<'_>, phrases: &Phrases) -> Option<String> {
    let payout = told.payouts.iter().find(|payout| payout.party == told.party)?;
    let amount = Money::new(payout.amount, told.order.amount.currency).to_string();
    let reference = payout.reference.as_deref().map(crate::text::clean);
    let reference = reference.map(|it| fill(phrases.reference, &[("{reference}", Some(&it))])).unwrap_or_default();
    let said = |at: usize| fill(phrases.paid[at], &[("{amount}", Some(&amount))]);
    Some(match payout.state {
        PayoutState::Confirmed => said(0) + &reference,
        PayoutState::Sent => said(1) + &reference,
        PayoutState::Pending | PayoutState::Failed | PayoutState::Returned => said(2),
    })
}

fn quoted(phrases: &Phrases, at: DateTime<Utc>, message: &Message) -> String {
    let said = phrases.said[usize::from(!message.theirs)];
    let (day, body) = (phrases.day(at), crate::text::clean(&message.body));
    fill(said, &[("{day}", Some(&day)), ("{body}", Some(&body))])
}

#[cfg(test)]
mod tests {
    use crate::cases::letter::*;
    use crate::domain::{ATARAPAY, Currency, OrderKey};

    #[test]
    fn sentences_say_what_each_gets() {
        let at = "2026-11-20T08:00:00Z".parse().unwrap();
        let order = Order::open(OrderKey::new(ATARAPAY, "ATP-1").unwrap(), Money::new(450_000, Currency::Ngn), at);
        let check = |to_seller: i64, language: Language, seller: &str, buyer: &str| {
            let parts = Parts { to_seller, to_buyer: 450_000 - to_seller };
            let said = |party| standard(&order, parts, party, language);
            assert_eq!((said(Party::Seller).as_str(), said(Party::Buyer).as_str()), (seller, buyer));
        };
        check(
            450_000,
            Language::English,
            "You receive NGN 4,500.00: the full amount held for this order.",
            "You receive nothing: NGN 4,500.00, the full amount held for this order, goes to the seller.",
        );
        check(
            300_000,
            Language::English,
            "You receive NGN 3,000.00 of the NGN 4,500.00 held for this order; the buyer receives NGN 1,500.00.",
            "You receive NGN 1,500.00 of the NGN 4,500.00 held for this order; the seller receives NGN 3,000.00.",
        );
        check(
            0,
            Language::Arabic,
            "لا تحصل على أي مبلغ: يذهب NGN 4,500.00، وهو كامل المبلغ المحتجز لهذا الطلب، إلى المشتري.",
            "تحصل على NGN 4,500.00: كامل المبلغ المحتجز لهذا الطلب.",
        );
    }
}
