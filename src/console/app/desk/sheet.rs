//! The form of a case action: its fields and its command, updated as you type.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tui_input::Input;

use super::slot::{Slot, payable, slots};
use super::{CaseShown, Named};
use crate::cases::draft::{Facts, filled, left_open};
use crate::cases::outcome;
use crate::desk::cases::{CaseCommand, PayoutUpdate, sentences};
use crate::domain::{CaseAction, Money, Parts};
use crate::records::DecidedTexts;
use crate::records::{Case, Message, Note, Party, PayoutEventKind, Queue};

/// The current step of a form.
#[derive(Debug, Clone)]
pub enum Stage {
    /// It is being filled in.
    Editing,
    /// It needs a word typed, because the action cannot be undone.
    Asking(&'static str, Input),
    /// The command is being carried out.
    Writing,
    /// The connection was lost meanwhile.
    Unknown,
}

/// What is wrong with a form, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field's name.
    pub slot: &'static str,
    /// The reason, for people.
    pub text: String,
}

/// The form of a case action.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// The case.
    pub named: Named,
    /// The action.
    pub action: CaseAction,
    /// The number of the last case event that the form has seen.
    pub seen: i32,
    /// The fields.
    pub slots: Vec<Slot>,
    /// The selected field.
    pub at: usize,
    /// The current step.
    pub stage: Stage,
    /// What happened meanwhile, or what went wrong.
    pub note: Option<String>,
    /// Its question was on the screen.
    pub was_seen: bool,
}

/// Removes the commas, so that amounts can be typed as they are shown.
fn plain(digits: &str) -> String {
    digits.replace(',', "")
}

/// What is true of a case after an action, for the message.
pub(super) const fn became(case: &Case) -> &'static str {
    match case.queue {
        Queue::WaitingBuyer => " Waiting for the buyer.",
        Queue::WaitingSeller => " Waiting for the seller.",
        Queue::Proposed => " Another person has to approve it.",
        Queue::Unpaid => " Decided, not yet paid.",
        Queue::Closed => " The case is closed.",
        Queue::Mine | Queue::Unclaimed | Queue::Working | Queue::Overdue | Queue::Open => "",
    }
}

impl Sheet {
    /// Creates the form of an action for this case.
    pub fn new(action: CaseAction, shown: &CaseShown) -> Self {
        let slots = slots(action, shown);
        let seen = shown.whole.case.seq;
        let mut sheet = Self {
            named: shown.named(),
            action,
            seen,
            slots,
            at: 0,
            stage: Stage::Editing,
            note: None,
            was_seen: false,
        };
        if let Some(reason) = shown.whole.case.reason.as_deref() {
            sheet.set("reason", reason);
        }
        if action == CaseAction::Decide {
            sheet.propose_again(shown);
        }
        sheet.offer(shown);
        sheet.follow(shown);
        if sheet.slots.is_empty() {
            sheet.ask();
        }
        sheet
    }

    /// Starts a decision from the proposal that was withdrawn or sent back.
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
            // A sentence that no person wrote keeps following the amounts.
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == name) {
                slot.by_hand = !plain.contains(&text);
            }
        }
    }

    /// Fills in the fields from a draft.
    pub fn fill(&mut self, draft: &str) {
        let Ok(kept) = serde_json::from_str::<BTreeMap<String, String>>(draft) else { return };
        for slot in &mut self.slots {
            let own = kept.get(slot.name).map(|text| (text, true));
            // A computed field stays computed.
            let followed = kept.get(&format!("~{}", slot.name)).map(|text| (text, false));
            // A choice that is not offered any more is dropped.
            let fits = |text: &str| slot.choices.is_empty() || slot.choices.iter().any(|(value, _)| value == text);
            if let Some((text, by_hand)) = own.or(followed).filter(|(text, _)| fits(text)) {
                slot.input = Input::new(text.clone());
                slot.by_hand = by_hand;
            }
        }
    }

    /// The fields as a draft, in JSON.
    pub fn draft(&self) -> String {
        let name = |slot: &Slot| if slot.by_hand { slot.name.to_owned() } else { format!("~{}", slot.name) };
        let kept: BTreeMap<String, &str> = self.slots.iter().map(|slot| (name(slot), slot.input.value())).collect();
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The text of a field.
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

    /// The file to attach and its case, if this form attaches one.
    pub(super) fn file(&self) -> Option<(PathBuf, Named)> {
        (self.action == CaseAction::AttachFile).then(|| (PathBuf::from(self.text("path")), self.named.clone()))
    }

    /// Reads the typed parts. They have to sum to `held`.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first part that is not an amount or a percentage, or at the seller's if they do not sum to
    /// `held`.
    pub fn parts(&self, held: Money) -> Result<Parts, Fault> {
        let read = |slot: &'static str, read: Result<Money, crate::domain::MoneyError>| {
            read.map_err(|error| Fault { slot, text: error.to_string() })
        };
        let [seller, buyer] = ["to_seller", "to_buyer"].map(|name| plain(self.text(name)));
        let seller = read("to_seller", Parts::read_to_seller(&seller, held))?;
        let buyer = read("to_buyer", Parts::read_to_buyer(&buyer, held))?;
        if seller.minor.checked_add(buyer.minor) != Some(held.minor) {
            return Err(Fault { slot: "to_seller", text: format!("The parts have to sum to {held}.") });
        }
        Ok(Parts { to_seller: seller.minor, to_buyer: buyer.minor })
    }

    /// Offers what can happen next to the chosen payout.
    pub(super) fn offer(&mut self, shown: &CaseShown) {
        let party = self.party();
        let payout = shown.whole.payouts.iter().find(|payout| Some(payout.party) == party);
        let choices = payout.map_or_else(Vec::new, |payout| payable(payout.state));
        let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == "what") else { return };
        if !choices.iter().any(|(value, _)| value == slot.input.value()) {
            slot.input = Input::new(choices.first().map(|(value, _)| value.clone()).unwrap_or_default());
        }
        slot.choices = choices;
    }

    /// Updates what is computed from the typed fields: the other part, and the sentences for the parties.
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
            // `rest` takes the seller's part and returns the buyer's as `to_buyer`. Here it takes either part, so
            // `to_buyer` is the other one.
            let rest = part.map_or_else(String::new, |parts| Money { minor: parts.to_buyer, ..held }.digits());
            self.set(other, &rest);
            self.set("outcome", "");
        }
        if self.action == CaseAction::Decide {
            let said = self.parts(held).map(|parts| sentences(&shown.stored, parts));
            let (seller, buyer) = said.unwrap_or_default();
            for (name, text) in [("say_seller", seller), ("say_buyer", buyer)] {
                if let Some(slot) = self.slots.iter_mut().find(|slot| slot.name == name && !slot.by_hand) {
                    slot.input = Input::new(text);
                }
            }
        }
        let (party, canned) = (self.party(), self.text("macro").to_owned());
        let typed = self.slots.iter().any(|slot| slot.name == "body" && slot.by_hand);
        if here == "party" && !typed && shown.policy.macros.iter().any(|it| it.name == canned && Some(it.to) != party) {
            // A canned text is for one party only.
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
            if Some(found.to) != party {
                self.set("party", found.to.name());
            }
        }
    }

    /// The command of the form as it is now, or what is missing.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first field that has to be filled and is empty, or has a value that cannot be used.
    pub fn doing(&self, shown: &CaseShown) -> Result<CaseCommand, Fault> {
        let need =
            |slot: &'static str, words: &str| self.said(slot).ok_or_else(|| Fault { slot, text: words.to_owned() });
        let message = |theirs: bool| {
            let body = need("body", "Write the message.")?;
            if let Some(name) = left_open(&body).filter(|_| !theirs) {
                return Err(Fault {
                    slot: "body",
                    text: format!("{name} is not known yet. Set the reason, or write it yourself."),
                });
            }
            let party = self.party().ok_or_else(|| Fault { slot: "party", text: "Choose the party.".to_owned() })?;
            Ok(Message { party, theirs, body })
        };
        Ok(match self.action {
            CaseAction::Take => CaseCommand::Take,
            CaseAction::TakeOver => CaseCommand::TakeOver { why: need("why", "Say why you are taking over.")? },
            CaseAction::Release => CaseCommand::Release { why: self.said("why") },
            CaseAction::HandOver => CaseCommand::HandOver {
                to: need("to", "Say to whom.")?,
                note: need("note", "Say what they need to know.")?,
            },
            CaseAction::SetReason => {
                CaseCommand::SetReason { reason: self.said("reason"), claimed: self.claimed(shown)? }
            }
            CaseAction::TickChecklist => {
                let line = need("line", "There is no checklist for this reason.")?;
                let done = !shown.whole.checked().contains(&line);
                CaseCommand::TickChecklist { line, done }
            }
            CaseAction::AddNote => CaseCommand::AddNote { note: Note(need("body", "Write the note.")?) },
            CaseAction::SendMessage | CaseAction::AskAndWait => {
                CaseCommand::SendMessage { message: message(false)?, ask: self.action == CaseAction::AskAndWait }
            }
            CaseAction::RecordReply => CaseCommand::RecordReply { message: message(true)? },
            CaseAction::StopWaiting => CaseCommand::StopWaiting { why: need("why", "Say why you stop waiting.")? },
            CaseAction::AttachFile => return Err(Fault { slot: "path", text: "Say which file.".to_owned() }),
            CaseAction::Decide => {
                let parts = self.parts(shown.stored.order.amount)?;
                let said = DecidedTexts {
                    reason: need("reason", "Choose a reason.")?,
                    rationale: need("rationale", "Say why, for the desk.")?,
                    say_seller: need("say_seller", "Tell the seller in a sentence what they get.")?,
                    say_buyer: need("say_buyer", "Tell the buyer in a sentence what they get.")?,
                };
                CaseCommand::Decide { parts, said, propose: false }
            }
            CaseAction::Approve => CaseCommand::Approve { proposal: shown.whole.proposal.as_ref().map(|it| it.seq) },
            CaseAction::SendBack => {
                CaseCommand::SendBack { why: need("why", "Say why, for the person who proposed it.")? }
            }
            CaseAction::WithdrawProposal => CaseCommand::WithdrawProposal { why: self.said("why") },
            CaseAction::RecordPayout => {
                let how = match self.update() {
                    Some(PayoutEventKind::Sent) => PayoutUpdate::Sent { reference: self.said("words") },
                    Some(PayoutEventKind::Confirmed) => {
                        PayoutUpdate::Confirmed { reference: need("words", "Enter the payment's reference.")? }
                    }
                    Some(PayoutEventKind::Failed) => PayoutUpdate::Failed { why: need("words", "Say why it failed.")? },
                    Some(PayoutEventKind::Reopened) | None => PayoutUpdate::Reopened,
                };
                let party =
                    self.party().ok_or_else(|| Fault { slot: "party", text: "Choose the payout.".to_owned() })?;
                CaseCommand::RecordPayout { party, how }
            }
            CaseAction::Close => CaseCommand::Close { why: self.said("why") },
        })
    }

    /// What happened to the chosen payout.
    fn update(&self) -> Option<PayoutEventKind> {
        self.text("what").parse().ok()
    }

    /// The chosen party.
    fn party(&self) -> Option<Party> {
        self.text("party").parse().ok()
    }

    fn claimed(&self, shown: &CaseShown) -> Result<Option<Money>, Fault> {
        let read = |text: String| Money::parse(&plain(&text), shown.stored.order.amount.currency);
        let claimed = self.said("claimed").map(read).transpose();
        claimed.map_err(|error| Fault { slot: "claimed", text: error.to_string() })
    }

    /// The word that has to be typed to confirm; `None` if no confirmation is needed.
    fn word(&self) -> Option<&'static str> {
        match self.action {
            CaseAction::Decide => Some("decide"),
            CaseAction::Approve => Some("approve"),
            CaseAction::RecordPayout => match self.update() {
                Some(PayoutEventKind::Confirmed) => Some("arrived"),
                Some(PayoutEventKind::Sent) => Some("sent"),
                Some(PayoutEventKind::Failed | PayoutEventKind::Reopened) | None => None,
            },
            CaseAction::SendMessage | CaseAction::AskAndWait => Some("send"),
            CaseAction::Take
            | CaseAction::TakeOver
            | CaseAction::Release
            | CaseAction::HandOver
            | CaseAction::SetReason
            | CaseAction::TickChecklist
            | CaseAction::AddNote
            | CaseAction::RecordReply
            | CaseAction::StopWaiting
            | CaseAction::AttachFile
            | CaseAction::SendBack
            | CaseAction::WithdrawProposal
            | CaseAction::Close => None,
        }
    }

    /// Opens the question, if there is one. Returns whether there is.
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
