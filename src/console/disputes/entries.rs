//! What is filled in for a case action: its fields and the command that they make, updated as you type.

use std::collections::BTreeMap;

use chrono::Utc;

use crate::cases::draft::{Facts, filled, left_open};
use crate::cases::outcome;
use crate::console::disputes::fields::{COLLECTIVE, Slot, canned, payable, slots};
use crate::console::disputes::shown::{CaseShown, Named};
use crate::console::kit::confirmation::Confirmation;
use crate::console::kit::form::{Field, Form, Takes};
use crate::desk::cases::{CaseCommand, PayoutUpdate, sentences};
use crate::domain::{CaseAction, Money, MoneyError, Parts};
use crate::records::{DecidedTexts, Language, Message, Note, Party, PayoutEventKind};
use crate::settings::ask::tell::later;

/// What is wrong with a form, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub slot: Slot,
    /// The reason, for people.
    pub text: String,
}

/// What is filled in for a case action.
#[derive(Debug, Clone)]
pub struct CaseEntries {
    /// The case.
    pub named: Named,
    /// The action.
    pub action: CaseAction,
    /// The number of the last case event that the form has seen.
    pub seen: i32,
    /// The fields.
    pub form: Form<Slot>,
}

impl CaseEntries {
    /// The fields of an action for this case.
    pub fn new(action: CaseAction, shown: &CaseShown) -> Self {
        let form = Form::new(slots(action, shown));
        let mut entries = Self { named: shown.named(), action, seen: shown.whole.case.seq, form };
        if let Some(reason) = shown.whole.case.reason.as_deref() {
            entries.form.set(Slot::Reason, reason);
        }
        if action == CaseAction::Decide {
            entries.propose_again(shown);
        }
        entries.follow(shown);
        entries.start();
        entries
    }

    /// Goes to the field that is filled in first: the canned text, or the reference of a payment.
    fn start(&mut self) {
        [Slot::Canned, Slot::Words].into_iter().for_each(|slot| self.form.go(slot));
    }

    /// Starts a decision from the proposal that was withdrawn or sent back.
    fn propose_again(&mut self, shown: &CaseShown) {
        let Some(before) = &shown.whole.proposal else { return };
        let money = |minor: i64| shown.stored.order.money(minor).digits();
        let said = [
            (Slot::ToSeller, money(before.to_seller)),
            (Slot::ToBuyer, money(before.to_buyer)),
            (Slot::Reason, before.reason.clone()),
            (Slot::Rationale, before.rationale.clone()),
            (Slot::SaySeller, before.say_seller.clone()),
            (Slot::SayBuyer, before.say_buyer.clone()),
        ];
        let parts = Parts { to_seller: before.to_seller, to_buyer: before.to_buyer };
        let plain = <[String; 2]>::from(sentences(&shown.stored, parts, &shown.whole.case, &shown.policy));
        for (name, text) in said {
            self.form.set(name, text.clone());
            // A sentence that no person wrote keeps following the amounts.
            if let Some(field) = self.form.field_mut(name) {
                field.by_hand = !plain.contains(&text);
            }
        }
    }

    /// Fills in the fields from a draft.
    pub fn fill(&mut self, draft: &str) {
        let Ok(kept) = serde_json::from_str::<BTreeMap<String, String>>(draft) else { return };
        for field in &mut self.form.fields {
            let name = field.name.name();
            let own = kept.get(name).map(|text| (text, true));
            // A computed field stays computed.
            let followed = kept.get(&format!("~{name}")).map(|text| (text, false));
            // A choice that is not offered any more is dropped.
            let fits = |text: &str| field.choices().is_empty() || field.choices().iter().any(|(it, _)| it == text);
            if let Some((text, by_hand)) = own.or(followed).filter(|(text, _)| fits(text)) {
                field.put(text.clone());
                field.by_hand = by_hand;
            }
        }
    }

    /// The fields as a draft, in JSON.
    pub fn draft(&self) -> String {
        let name = |field: &Field<Slot>| format!("{}{}", if field.by_hand { "" } else { "~" }, field.name.name());
        let kept: BTreeMap<String, &str> = self.form.fields.iter().map(|field| (name(field), field.text())).collect();
        serde_json::to_string(&kept).unwrap_or_default()
    }

    /// The kind of its draft: the case and the action.
    pub fn kind(&self) -> (Named, String) {
        (self.named.clone(), self.action.name().to_owned())
    }

    /// Whether it reviews a proposal. A reviewer does not write in the case, so another writer does not block them.
    pub const fn reviews(&self) -> bool {
        matches!(self.action, CaseAction::Approve | CaseAction::SendBack)
    }

    /// Reads the typed parts. They have to sum to `held`.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first part that is not an amount or a percentage, or at the seller's if they do not sum to
    /// `held`.
    pub fn parts(&self, held: Money) -> Result<Parts, Fault> {
        let read = |slot: Slot, read: Result<Money, MoneyError>| {
            let part = read.map_err(|error| Fault { slot, text: error.to_string() })?;
            let fits = part.minor <= held.minor;
            fits.then_some(part).ok_or_else(|| Fault { slot, text: format!("{part} is more than the {held} held.") })
        };
        let seller = read(Slot::ToSeller, Parts::read_to_seller(self.form.text(Slot::ToSeller), held))?;
        let buyer = read(Slot::ToBuyer, Parts::read_to_buyer(self.form.text(Slot::ToBuyer), held))?;
        if seller.minor.checked_add(buyer.minor) != Some(held.minor) {
            return Err(Fault { slot: Slot::ToSeller, text: format!("The parts have to sum to {held}.") });
        }
        Ok(Parts { to_seller: seller.minor, to_buyer: buyer.minor })
    }

    /// Offers what can happen next to the chosen payout, and the canned texts for the chosen recipient.
    pub fn offer(&mut self, shown: &CaseShown) {
        let party = self.party();
        if let Some(field) = self.form.field_mut(Slot::Canned) {
            field.takes = Takes::Choice(canned(&shown.policy, party));
        }
        let payout = shown.whole.payouts.iter().find(|payout| Some(payout.party) == party);
        let choices = payout.map_or_else(Vec::new, |payout| payable(payout.state));
        let Some(field) = self.form.field_mut(Slot::What) else { return };
        if !choices.iter().any(|(value, _)| value == field.text()) {
            field.put(choices.first().map(|(value, _)| value.clone()).unwrap_or_default());
        }
        field.takes = Takes::Choice(choices);
    }

    /// Updates what is computed from the field that was just changed: the other part, the sentences for the parties, a
    /// canned text.
    pub fn follow(&mut self, shown: &CaseShown) {
        self.offer(shown);
        match self.form.name() {
            Some(Slot::Outcome) => self.follow_outcome(shown.stored.order.amount),
            Some(Slot::ToSeller) => self.follow_part(Slot::ToSeller, shown.stored.order.amount),
            Some(Slot::ToBuyer) => self.follow_part(Slot::ToBuyer, shown.stored.order.amount),
            Some(Slot::Party | Slot::Canned) => self.follow_canned(shown),
            _ => {}
        }
        if self.action == CaseAction::Decide {
            let said = self.parts(shown.stored.order.amount);
            let said = said.map(|parts| sentences(&shown.stored, parts, &shown.whole.case, &shown.policy));
            let (seller, buyer) = said.unwrap_or_default();
            for (slot, text) in [(Slot::SaySeller, seller), (Slot::SayBuyer, buyer)] {
                if self.form.field_mut(slot).is_some_and(|field| !field.by_hand) {
                    self.form.set(slot, text);
                }
            }
        }
    }

    /// Fills in the parts of a preset outcome.
    fn follow_outcome(&mut self, held: Money) {
        let Ok(percent) = self.form.text(Slot::Outcome).parse::<u8>() else { return };
        let seller = Parts::read_to_seller(&format!("{percent}%"), held).unwrap_or(held);
        let rest = Money { minor: held.minor - seller.minor, ..held };
        self.form.set(Slot::ToSeller, seller.digits());
        self.form.set(Slot::ToBuyer, rest.digits());
    }

    /// Fills in the other part: the rest of what is held.
    fn follow_part(&mut self, own: Slot, held: Money) {
        let (other, read): (_, fn(&str, Money) -> _) = match own {
            Slot::ToSeller => (Slot::ToBuyer, Parts::read_to_seller),
            _ => (Slot::ToSeller, Parts::read_to_buyer),
        };
        let part = read(self.form.text(own), held).ok().and_then(|part| outcome::rest(part, held));
        // `rest` takes the seller's part and returns the buyer's as `to_buyer`. Here it takes either part, so
        // `to_buyer` is the other one.
        let rest = part.map_or_else(String::new, |parts| Money { minor: parts.to_buyer, ..held }.digits());
        self.form.set(other, rest);
        self.form.set(Slot::Outcome, "");
    }

    /// Fills in a canned text, or empties it if it is for the other party. What a person typed stays, and so does the
    /// recipient.
    fn follow_canned(&mut self, shown: &CaseShown) {
        if self.form.field_mut(Slot::Body).is_some_and(|body| body.by_hand) {
            return;
        }
        let canned = self.form.text(Slot::Canned);
        let Some(found) = shown.policy.macros.iter().find(|it| it.name == canned) else {
            return self.form.set(Slot::Body, "");
        };
        if Some(found.to) != self.party() {
            self.form.set(Slot::Canned, "");
            self.form.set(Slot::Body, "");
            return;
        }
        let facts = Facts {
            order: &shown.stored,
            reason: shown.whole.case.reason.as_deref(),
            person: "",
            language: shown.policy.language(&shown.whole.case, found.to),
        };
        self.form.set(Slot::Body, filled(found, &shown.policy, facts));
    }

    /// The command of the form as it is now, or what is missing.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first field that has to be filled and is empty, or has a value that cannot be used.
    pub fn doing(&self, shown: &CaseShown) -> Result<CaseCommand, Fault> {
        let need = |slot: Slot, words: &str| self.form.said(slot).ok_or_else(|| Fault { slot, text: words.to_owned() });
        let message = |theirs: bool| {
            let body = need(Slot::Body, "Write the message.")?;
            if let Some(name) = left_open(&body).filter(|_| !theirs) {
                return Err(Fault {
                    slot: Slot::Body,
                    text: format!("{name} is not known yet. Set the reason, or write it yourself."),
                });
            }
            let party =
                self.party().ok_or_else(|| Fault { slot: Slot::Party, text: "Choose the party.".to_owned() })?;
            Ok(Message { party, theirs, body })
        };
        Ok(match self.action {
            CaseAction::Take => CaseCommand::Take,
            CaseAction::TakeOver => CaseCommand::TakeOver { why: need(Slot::Why, "Say why you are taking over.")? },
            CaseAction::Release => CaseCommand::Release { why: self.form.said(Slot::Why) },
            CaseAction::HandOver => CaseCommand::HandOver {
                to: need(Slot::To, "Say to whom.")?,
                note: need(Slot::Note, "Say what they need to know.")?,
            },
            CaseAction::Reassign => CaseCommand::Reassign {
                to: need(Slot::To, "Say to whom.")?,
                note: need(Slot::Note, "Say what they need to know.")?,
            },
            CaseAction::Snooze => self.snooze(shown)?,
            CaseAction::EndSnooze => CaseCommand::EndSnooze,
            CaseAction::SetLanguage => CaseCommand::SetLanguage {
                party: self.party().ok_or_else(|| Fault { slot: Slot::Party, text: "Choose the party.".to_owned() })?,
                language: self.form.text(Slot::Language).parse().unwrap_or(Language::English),
            },
            CaseAction::SetReason => {
                CaseCommand::SetReason { reason: self.form.said(Slot::Reason), claimed: self.claimed(shown)? }
            }
            CaseAction::TickChecklist => {
                let line = need(Slot::Line, "There is no checklist for this reason.")?;
                let done = !shown.whole.checked().contains(&line);
                CaseCommand::TickChecklist { line, done }
            }
            CaseAction::AddNote => CaseCommand::AddNote { note: Note(need(Slot::Body, "Write the note.")?) },
            CaseAction::SendMessage | CaseAction::AskAndWait => {
                CaseCommand::SendMessage { message: message(false)?, ask: self.action == CaseAction::AskAndWait }
            }
            CaseAction::RecordReply => CaseCommand::RecordReply { message: message(true)? },
            CaseAction::StopWaiting => CaseCommand::StopWaiting { why: need(Slot::Why, "Say why you stop waiting.")? },
            CaseAction::AttachFile => return Err(Fault { slot: Slot::Path, text: "Say which file.".to_owned() }),
            CaseAction::Decide => {
                let parts = self.parts(shown.stored.order.amount)?;
                let said = DecidedTexts {
                    reason: need(Slot::Reason, "Choose a reason.")?,
                    rationale: need(Slot::Rationale, "Say why, for the desk.")?,
                    say_seller: need(Slot::SaySeller, "Tell the seller in a sentence what they get.")?,
                    say_buyer: need(Slot::SayBuyer, "Tell the buyer in a sentence what they get.")?,
                };
                CaseCommand::Decide { parts, said, propose: false, without_answer: None }
            }
            CaseAction::Approve => CaseCommand::Approve { proposal: shown.whole.proposal.as_ref().map(|it| it.seq) },
            CaseAction::SendBack => {
                CaseCommand::SendBack { why: need(Slot::Why, "Say why, for the person who proposed it.")? }
            }
            CaseAction::WithdrawProposal => CaseCommand::WithdrawProposal { why: self.form.said(Slot::Why) },
            CaseAction::RecordPayout => self.paying()?,
            CaseAction::Close => CaseCommand::Close { why: self.form.said(Slot::Why) },
        })
    }

    fn paying(&self) -> Result<CaseCommand, Fault> {
        let need = |slot, text: &str| self.form.said(slot).ok_or_else(|| Fault { slot, text: text.to_owned() });
        let how = match self.update() {
            Some(PayoutEventKind::Sent) => {
                PayoutUpdate::Sent { reference: self.form.said(Slot::Words), collective: false }
            }
            Some(PayoutEventKind::Confirmed) => PayoutUpdate::Confirmed {
                reference: need(Slot::Words, "Enter the payment's reference.")?,
                collective: self.form.text(Slot::What) == COLLECTIVE,
            },
            Some(PayoutEventKind::Failed | PayoutEventKind::Returned) => {
                PayoutUpdate::Failed { why: need(Slot::Words, "Say why.")? }
            }
            Some(PayoutEventKind::Reopened) | None => PayoutUpdate::Reopened,
        };
        let party = self.party().ok_or_else(|| Fault { slot: Slot::Party, text: "Choose the payout.".to_owned() })?;
        Ok(CaseCommand::RecordPayout { party, how })
    }

    /// What happened to the chosen payout.
    fn update(&self) -> Option<PayoutEventKind> {
        match self.form.text(Slot::What) {
            COLLECTIVE => Some(PayoutEventKind::Confirmed),
            word => word.parse().ok(),
        }
    }

    /// The chosen party.
    fn party(&self) -> Option<Party> {
        self.form.text(Slot::Party).parse().ok()
    }

    fn snooze(&self, shown: &CaseShown) -> Result<CaseCommand, Fault> {
        let fault = |text: String| Fault { slot: Slot::Until, text: crate::text::sentence(&text) };
        let until = later(self.form.text(Slot::Until)).map_err(fault)?.at(shown.policy.zone(), Utc::now());
        Ok(CaseCommand::Snooze { until, why: self.form.said(Slot::Why) })
    }

    fn claimed(&self, shown: &CaseShown) -> Result<Option<Money>, Fault> {
        let read = |text: String| Money::typed(&text, shown.stored.order.amount.currency);
        let claimed = self.form.said(Slot::Claimed).map(read).transpose();
        claimed.map_err(|error| Fault { slot: Slot::Claimed, text: error.to_string() })
    }

    /// The word that has to be typed to confirm; `None` if no confirmation is needed.
    pub fn question(&self, shown: &CaseShown) -> Option<Confirmation> {
        match self.action {
            // Above the policy's limit a word has to be typed.
            CaseAction::Decide if shown.policy.needs_approval(shown.stored.order.amount) => {
                Some(Confirmation::word("decide"))
            }
            CaseAction::Decide => Some(Confirmation::yes_or_no()),
            CaseAction::Approve => Some(Confirmation::word("approve")),
            CaseAction::RecordPayout => match self.update() {
                Some(PayoutEventKind::Confirmed | PayoutEventKind::Sent | PayoutEventKind::Returned) => {
                    Some(Confirmation::yes_or_no())
                }
                Some(PayoutEventKind::Failed | PayoutEventKind::Reopened) | None => None,
            },
            CaseAction::Take
            | CaseAction::TakeOver
            | CaseAction::Release
            | CaseAction::HandOver
            | CaseAction::Reassign
            | CaseAction::Snooze
            | CaseAction::EndSnooze
            | CaseAction::SetLanguage
            | CaseAction::SetReason
            | CaseAction::TickChecklist
            | CaseAction::AddNote
            | CaseAction::SendMessage
            | CaseAction::AskAndWait
            | CaseAction::RecordReply
            | CaseAction::StopWaiting
            | CaseAction::AttachFile
            | CaseAction::SendBack
            | CaseAction::WithdrawProposal
            | CaseAction::Close => None,
        }
    }
}
