//! The form of a deed: what has to be said with it, and what it comes to, on every letter.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tui_input::Input;

use super::slot::{Slot, payable, slots};
use super::{CaseShown, Named};
use crate::case::draft::{Facts, filled, left_open};
use crate::case::{Deed, outcome};
use crate::desk::cases::{Doing, Paying, sentences};
use crate::domain::{Money, Parts};
use crate::store::cases::write::Reasons;
use crate::store::cases::{Case, Message, Note};

/// How far a form has come.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It is being filled in.
    Editing,
    /// It wants a word typed: what it does cannot be undone.
    Asking(&'static str, Input),
    /// It is being carried out.
    Writing,
    /// The connection was lost meanwhile.
    Unknown,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's name.
    pub slot: &'static str,
    /// The reason.
    pub text: String,
}

/// The form.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Which case.
    pub named: Named,
    /// What is done to it.
    pub deed: Deed,
    /// The case's last event when this was seen.
    pub seen: i32,
    /// What has to be said.
    pub slots: Vec<Slot>,
    /// Where the keys go.
    pub at: usize,
    /// How far it has come.
    pub stage: Stage,
    /// What happened meanwhile, or went wrong.
    pub note: Option<String>,
    /// Its question was on the screen.
    pub was_seen: bool,
}

/// Amounts may be typed as they are shown.
fn plain(digits: &str) -> String {
    digits.replace(',', "")
}

/// How a case stands after something was done, for the last line.
pub(super) fn became(case: &Case) -> String {
    match case.queue.as_str() {
        "waiting_buyer" => ": the buyer is waited for".to_owned(),
        "waiting_seller" => ": the seller is waited for".to_owned(),
        "proposed" => ": another person has to approve it".to_owned(),
        "unpaid" => ": decided, to be paid".to_owned(),
        "closed" => ": the case is closed".to_owned(),
        _ => String::new(),
    }
}

impl Sheet {
    /// The form of a deed for this case.
    pub fn new(deed: Deed, shown: &CaseShown) -> Self {
        let slots = slots(deed, shown);
        let seen = shown.whole.case.seq;
        let mut sheet =
            Self { named: shown.named(), deed, seen, slots, at: 0, stage: Stage::Editing, note: None, was_seen: false };
        if let Some(reason) = shown.whole.case.reason.as_deref() {
            sheet.set("reason", reason);
        }
        if deed == Deed::Decide {
            sheet.propose_again(shown);
        }
        sheet.offer(shown);
        sheet.follow(shown);
        if sheet.slots.is_empty() {
            sheet.ask();
        }
        sheet
    }

    /// What was taken back or sent back is where the next decision begins.
    fn propose_again(&mut self, shown: &CaseShown) {
        let Some(before) = &shown.whole.proposal else { return };
        let money = |minor: i64| shown.stored.order.money(minor).digits();
        let said = [
            ("to_seller", money(before.to_seller)),
            ("to_buyer", money(before.to_buyer)),
            ("reason", before.reason.clone()),
            ("rationale", before.rationale.clone()),
            ("say_seller", before.say_seller.clone()),
            ("say_buyer", before.say_buyer.clone()),
        ];
        let parts = Parts { to_seller: before.to_seller, to_buyer: before.to_buyer };
        let plain = <[String; 2]>::from(sentences(&shown.stored, parts));
        for (name, text) in said {
            self.set(name, &text);
            // A sentence that nobody wrote goes on following the amounts.
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == name) {
                slot.by_hand = !plain.contains(&text);
            }
        }
    }

    /// What was typed before.
    pub fn fill(&mut self, draft: &str) {
        let Ok(kept) = serde_json::from_str::<BTreeMap<String, String>>(draft) else { return };
        for slot in &mut self.slots {
            let own = kept.get(slot.name).map(|text| (text, true));
            // What followed from the rest goes on following.
            let followed = kept.get(&format!("~{}", slot.name)).map(|text| (text, false));
            // What cannot be chosen any more was another choice.
            let fits = |text: &str| slot.choices.is_empty() || slot.choices.iter().any(|(value, _)| value == text);
            if let Some((text, by_hand)) = own.or(followed).filter(|(text, _)| fits(text)) {
                slot.input = Input::new(text.clone());
                slot.by_hand = by_hand;
            }
        }
    }

    /// What is typed, to be kept.
    pub fn draft(&self) -> String {
        let name = |slot: &Slot| if slot.by_hand { slot.name.to_owned() } else { format!("~{}", slot.name) };
        let kept: BTreeMap<String, &str> = self.slots.iter().map(|slot| (name(slot), slot.input.value())).collect();
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// What stands in a field.
    pub fn text(&self, name: &str) -> &str {
        self.slots.iter().find(|slot| slot.name == name).map_or("", |slot| slot.input.value().trim())
    }

    fn said(&self, name: &str) -> Option<String> {
        Some(self.text(name).to_owned()).filter(|text| !text.is_empty())
    }

    fn set(&mut self, name: &str, text: &str) {
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == name) {
            slot.input = Input::new(text.to_owned());
        }
    }

    /// Goes to a field.
    pub fn go(&mut self, name: &str) {
        self.at = self.slots.iter().position(|slot| slot.name == name).unwrap_or(self.at);
    }

    pub(super) fn back_to_editing(&mut self) {
        if matches!(self.stage, Stage::Asking(..)) && !self.slots.is_empty() {
            self.stage = Stage::Editing;
        }
        self.was_seen = false;
    }

    /// The file that is to be attached, where one is.
    pub(super) fn file(&self) -> Option<(PathBuf, Named)> {
        (self.deed == Deed::Attach).then(|| (PathBuf::from(self.text("path")), self.named.clone()))
    }

    /// The parts of an order that are typed.
    pub fn parts(&self, held: Money) -> Result<Parts, Fault> {
        let read = |slot: &'static str, read: Result<Money, crate::domain::MoneyError>| {
            read.map_err(|error| Fault { slot, text: error.to_string() })
        };
        let [seller, buyer] = ["to_seller", "to_buyer"].map(|name| plain(self.text(name)));
        let seller = read("to_seller", Parts::read_to_seller(&seller, held))?;
        let buyer = read("to_buyer", Parts::read_to_buyer(&buyer, held))?;
        if seller.minor.checked_add(buyer.minor) != Some(held.minor) {
            return Err(Fault { slot: "to_seller", text: format!("the parts have to sum to {held}") });
        }
        Ok(Parts { to_seller: seller.minor, to_buyer: buyer.minor })
    }

    /// What may become of the chosen payout.
    pub(super) fn offer(&mut self, shown: &CaseShown) {
        let party = self.text("party");
        let state = shown.whole.payouts.iter().find(|it| it.party == party).map_or("", |it| &it.state);
        let choices = payable(state);
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == "what") else { return };
        if !choices.iter().any(|(value, _)| value == slot.input.value()) {
            slot.input = Input::new(choices.first().map(|(value, _)| value.clone()).unwrap_or_default());
        }
        slot.choices = choices;
    }

    /// What follows from what is typed: the other part, and the sentences for the parties.
    pub(super) fn follow(&mut self, shown: &CaseShown) {
        let held = shown.stored.order.amount;
        let here = self.slots.get(self.at).map_or("", |slot| slot.name);
        if here == "outcome" {
            if let Ok(percent) = self.text("outcome").parse::<u8>() {
                let seller = Parts::read_to_seller(&format!("{percent}%"), held).unwrap_or(held);
                let rest = Money { minor: held.minor - seller.minor, ..held };
                self.set("to_seller", &seller.digits());
                self.set("to_buyer", &rest.digits());
            }
        } else if here == "to_seller" || here == "to_buyer" {
            let (own, other) = if here == "to_seller" { ("to_seller", "to_buyer") } else { ("to_buyer", "to_seller") };
            let read = if own == "to_seller" { Parts::read_to_seller } else { Parts::read_to_buyer };
            let part = read(&plain(self.text(own)), held).ok().and_then(|part| outcome::rest(part, held));
            // `rest` speaks of the seller's part and what is left of it: here of this part and the other.
            let rest = part.map_or_else(String::new, |parts| Money { minor: parts.to_buyer, ..held }.digits());
            self.set(other, &rest);
            self.set("outcome", "");
        }
        if self.deed == Deed::Decide {
            let said = self.parts(held).map(|parts| sentences(&shown.stored, parts));
            let (seller, buyer) = said.unwrap_or_default();
            for (name, text) in [("say_seller", seller), ("say_buyer", buyer)] {
                if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == name && !slot.by_hand) {
                    slot.input = Input::new(text);
                }
            }
        }
        let (party, canned) = (self.text("party").to_owned(), self.text("macro").to_owned());
        let typed = self.slots.iter().any(|slot| slot.name == "body" && slot.by_hand);
        if here == "party" && !typed && shown.policy.macros.iter().any(|it| it.name == canned && it.to != party) {
            // A text for one party is none for the other.
            self.set("macro", "");
            self.set("body", "");
        }
        if here == "macro"
            && !typed
            && let Some(found) = shown.policy.macros.iter().find(|it| it.name == canned)
        {
            let facts = Facts { order: &shown.stored, reason: shown.whole.case.reason.as_deref(), person: "" };
            let text = filled(found, &shown.policy, facts);
            self.set("body", &text);
            if found.to != party {
                let to = found.to.clone();
                self.set("party", &to);
            }
        }
    }

    /// What it comes to as it stands: what will be done, or what is missing.
    pub fn doing(&self, shown: &CaseShown) -> Result<Doing, Fault> {
        let need =
            |slot: &'static str, words: &str| self.said(slot).ok_or_else(|| Fault { slot, text: words.to_owned() });
        let message = |theirs: bool| {
            let body = need("body", "there is nothing in it yet")?;
            if let Some(name) = left_open(&body).filter(|_| !theirs) {
                return Err(Fault {
                    slot: "body",
                    text: format!("{name} is not known yet: classify the case, or write it yourself"),
                });
            }
            Ok(Message { party: self.text("party").to_owned(), theirs, body })
        };
        Ok(match self.deed {
            Deed::Claim => Doing::Claim,
            Deed::Take => Doing::Take { why: need("why", "say why you take it over")? },
            Deed::Release => Doing::Release { why: self.said("why") },
            Deed::HandOver => {
                Doing::HandOver { to: need("to", "say to whom")?, note: need("note", "say what they have to know")? }
            }
            Deed::Classify => Doing::Classify { reason: self.said("reason"), claimed: self.claimed(shown)? },
            Deed::Check => {
                let line = need("line", "the reason has no checklist")?;
                let done = !shown.whole.checked().contains(&line);
                Doing::Check { line, done }
            }
            Deed::Note => Doing::Note { note: Note(need("body", "there is nothing in it yet")?) },
            Deed::Message | Deed::Ask => Doing::Message { message: message(false)?, ask: self.deed == Deed::Ask },
            Deed::Answer => Doing::Answer { message: message(true)? },
            Deed::Resume => Doing::Resume { why: need("why", "say why you do not wait any longer")? },
            Deed::Attach => return Err(Fault { slot: "path", text: "say which file".to_owned() }),
            Deed::Decide => {
                let parts = self.parts(shown.stored.order.amount)?;
                let said = Reasons {
                    reason: need("reason", "a decision has a reason")?,
                    rationale: need("rationale", "say why, for the desk")?,
                    say_seller: need("say_seller", "the seller is told in a sentence what they get")?,
                    say_buyer: need("say_buyer", "the buyer is told in a sentence what they get")?,
                };
                Doing::Decide { parts, said, propose: false }
            }
            Deed::Approve => Doing::Approve { proposal: shown.whole.proposal.as_ref().map(|it| it.seq) },
            Deed::Reject => Doing::Reject { why: need("why", "say why, for whoever proposed it")? },
            Deed::Retract => Doing::Retract { why: self.said("why") },
            Deed::Pay => {
                let how = match self.text("what") {
                    "sent" => Paying::Sent { reference: self.said("words") },
                    "confirmed" => {
                        Paying::Confirmed { reference: need("words", "a payment that arrived has a reference")? }
                    }
                    "failed" => Paying::Failed { why: need("words", "say why it failed")? },
                    _ => Paying::Reopened,
                };
                Doing::Pay { party: self.text("party").to_owned(), how }
            }
            Deed::Close => Doing::Close { why: self.said("why") },
        })
    }

    fn claimed(&self, shown: &CaseShown) -> Result<Option<Money>, Fault> {
        let read = |text: String| Money::parse(&plain(&text), shown.stored.order.amount.currency);
        let claimed = self.said("claimed").map(read).transpose();
        claimed.map_err(|error| Fault { slot: "claimed", text: error.to_string() })
    }

    /// What is said before it is done, and the word that has to be typed; nothing where it can be undone.
    fn word(&self) -> Option<&'static str> {
        match self.deed {
            Deed::Decide => Some("decide"),
            Deed::Approve => Some("approve"),
            Deed::Pay => match self.text("what") {
                "confirmed" => Some("arrived"),
                "sent" => Some("sent"),
                _ => None,
            },
            Deed::Message | Deed::Ask => Some("send"),
            Deed::Claim
            | Deed::Take
            | Deed::Release
            | Deed::HandOver
            | Deed::Classify
            | Deed::Check
            | Deed::Note
            | Deed::Answer
            | Deed::Resume
            | Deed::Attach
            | Deed::Reject
            | Deed::Retract
            | Deed::Close => None,
        }
    }

    /// On to the question, where there is one; whether there is.
    pub(super) fn ask(&mut self) -> bool {
        let Some(word) = self.word() else { return false };
        self.stage = Stage::Asking(word, Input::default());
        self.was_seen = false;
        true
    }

    pub(super) fn turn(&mut self, forward: bool) {
        let count = self.slots.len().max(1);
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
    }

    pub(super) fn choose(&mut self, forward: bool) {
        let Some(slot) = self.slots.get_mut(self.at) else { return };
        let count = slot.choices.len();
        if count == 0 {
            return;
        }
        let now = slot.choices.iter().position(|(value, _)| value == slot.input.value());
        let next = match (now, forward) {
            (Some(at), true) => (at + 1) % count,
            (Some(at), false) => (at + count - 1) % count,
            (None, _) => 0,
        };
        slot.input = Input::new(slot.choices[next].0.clone());
        slot.by_hand = true;
    }
}
