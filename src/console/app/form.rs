//! The form of an action: its fields, checked against the law as you type.

use chrono::{DateTime, Utc};
use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use uuid::Uuid;

use crate::desk::{self, Command};
use crate::domain::{
    Action, Actor, Money, MoneyError, Offer, Order, OrderKey, Outcome, Parts, Proof, Roles, Step, decide, describe,
};
use crate::records::OrderRecord;

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The amount.
    Amount,
    /// Who gets what: pay seller, refund buyer or split.
    Outcome,
    /// The seller's part.
    ToSeller,
    /// The buyer's part.
    ToBuyer,
    /// How you know, or why.
    Note,
    /// The payment's reference.
    Reference,
    /// A reason code.
    Reason,
}

/// The key of a draft: an action of an actor on an order.
pub type Draft = (OrderKey, Action, Actor);

/// The form of an action.
#[derive(Debug, Clone)]
pub struct Form {
    /// The order.
    pub key: OrderKey,
    /// The action.
    pub action: Action,
    /// The actor it is recorded for.
    pub actor: Actor,
    /// The fields, and what was typed into them.
    pub fields: Vec<(Field, Input)>,
    /// The selected field.
    pub at: usize,
    /// The proof that the action needs.
    pub proof: Proof,
    /// Who moved the order while the form was open.
    pub moved: Option<String>,
    /// Something was typed or chosen.
    pub touched: bool,
    /// The selected field has a suggestion: the first letter replaces it.
    fresh: bool,
}

/// Parses an amount typed into this field.
fn read(field: Field, text: &str, order: &Order) -> Result<Money, MoneyError> {
    match field {
        Field::ToSeller => Parts::read_to_seller(text, order.amount),
        Field::ToBuyer => Parts::read_to_buyer(text, order.amount),
        Field::Amount | Field::Outcome | Field::Note | Field::Reference | Field::Reason => {
            Money::parse(text, order.amount.currency)
        }
    }
}

/// What is wrong with a form, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, if one field is wrong.
    pub field: Option<Field>,
    /// The reason, for people.
    pub text: String,
}

impl Form {
    /// Creates the form for an offered action. The suggested amount is the most that is left.
    pub fn new(order: &Order, action: Action, actor: Actor, offer: &Offer) -> Self {
        let mut fields = Vec::new();
        let mut field = |field, text: String| fields.push((field, Input::new(text)));
        if let Some(most) = offer.most {
            field(Field::Amount, most.digits());
        }
        if offer.parts {
            field(Field::Outcome, String::new());
            // No outcome is suggested: the person who decides has to choose.
            field(Field::ToSeller, String::new());
            field(Field::ToBuyer, String::new());
        }
        if offer.proof == Proof::Reference || offer.most.is_some() {
            field(Field::Reference, String::new());
        }
        if matches!(action, Action::Cancel | Action::Refund | Action::Reject | Action::Settle) {
            field(Field::Reason, String::new());
        }
        field(Field::Note, String::new());
        let key = order.key.clone();
        Self { key, action, actor, fields, at: 0, proof: offer.proof, moved: None, touched: false, fresh: true }
    }

    /// Whether the form has to be shown because the action needs it.
    pub fn is_needed(&self) -> bool {
        self.proof != Proof::Nothing || !matches!(self.fields[0].0, Field::Note | Field::Reason)
    }

    /// The key of its draft.
    pub fn draft(&self) -> Draft {
        (self.key.clone(), self.action, self.actor)
    }

    /// The selected field.
    pub fn field(&self) -> Field {
        self.fields[self.at].0
    }

    /// Whether the selected field has a suggestion, which the first letter replaces.
    pub fn is_suggestion(&self) -> bool {
        self.fresh && matches!(self.field(), Field::Amount | Field::ToSeller | Field::ToBuyer)
    }

    /// Whether the selected field can hold private words.
    pub fn is_private(&self) -> bool {
        match self.field() {
            Field::Note | Field::Reference | Field::Reason => true,
            Field::Amount | Field::Outcome | Field::ToSeller | Field::ToBuyer => false,
        }
    }

    /// Returns the text of a field.
    pub fn text(&self, field: Field) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, input)| input.value())
    }

    /// Goes to the next or the previous field, and wraps around.
    pub fn turn(&mut self, forward: bool) {
        let count = self.fields.len();
        self.at = (self.at + if forward { 1 } else { count - 1 }) % count;
        self.fresh = true;
    }

    /// Goes to this field, if the form has it.
    pub fn go(&mut self, field: Field) {
        if let Some(at) = self.fields.iter().position(|(known, _)| *known == field) {
            (self.at, self.fresh) = (at, false);
        }
    }

    /// Types a key into the field. The parts have to sum to the amount of `order`.
    pub fn type_key(&mut self, key: KeyEvent, order: &Order) {
        if self.field() != Field::Outcome {
            self.replace_suggestion(matches!(key.code, crossterm::event::KeyCode::Char(_)) && key.modifiers.is_empty());
            self.fields[self.at].1.handle_event(&Event::Key(key));
            self.complete_parts(order);
        }
    }

    /// Pastes text into the field.
    pub fn paste(&mut self, text: &str, order: &Order) {
        if self.field() != Field::Outcome {
            self.replace_suggestion(true);
            insert(&mut self.fields[self.at].1, text);
            self.complete_parts(order);
        }
    }

    fn replace_suggestion(&mut self, typed: bool) {
        self.touched = true;
        if typed && self.fresh && matches!(self.field(), Field::Amount | Field::ToSeller | Field::ToBuyer) {
            self.fields[self.at].1.reset();
        }
        self.fresh = false;
    }

    fn set(&mut self, field: Field, text: String) {
        if let Some((_, input)) = self.fields.iter_mut().find(|(known, _)| *known == field) {
            *input = Input::new(text);
        }
    }

    /// Fills in the other party's part: the rest of the amount.
    fn complete_parts(&mut self, order: &Order) {
        let other = match self.field() {
            Field::ToSeller => Field::ToBuyer,
            Field::ToBuyer => Field::ToSeller,
            Field::Amount | Field::Outcome | Field::Note | Field::Reference | Field::Reason => return,
        };
        let typed = read(self.field(), self.fields[self.at].1.value(), order);
        // If this part is not valid, the other part is empty.
        let rest = typed.ok().and_then(|part| order.amount.minor.checked_sub(part.minor)).filter(|rest| *rest >= 0);
        self.set(other, rest.map_or_else(String::new, |rest| order.money(rest).digits()));
    }

    /// The outcome of the parts.
    pub fn outcome(&self, order: &Order) -> Option<Outcome> {
        self.parts(order).ok().flatten().map(Outcome::of)
    }

    /// Goes to the next or the previous outcome: all to the seller, all to the buyer, half and half.
    pub fn turn_outcome(&mut self, order: &Order, forward: bool) {
        self.touched = true;
        let held = order.amount.minor;
        let now = match self.outcome(order) {
            Some(Outcome::PaySeller) => 0,
            Some(Outcome::RefundBuyer) => 1,
            Some(Outcome::Split) | None => 2,
        };
        let seller = [held, 0, held / 2][(now + if forward { 1 } else { 2 }) % 3];
        self.set(Field::ToSeller, order.money(seller).digits());
        self.set(Field::ToBuyer, order.money(held - seller).digits());
    }

    fn money(&self, field: Field, order: &Order) -> Result<Option<Money>, Fault> {
        let parse = |text: &str| read(field, text.trim(), order);
        let fault = |error: MoneyError| Fault { field: Some(field), text: error.to_string() };
        self.text(field).map(parse).transpose().map_err(fault)
    }

    fn parts(&self, order: &Order) -> Result<Option<Parts>, Fault> {
        if self.text(Field::ToSeller) == Some("") && self.text(Field::ToBuyer) == Some("") {
            return Ok(None);
        }
        let part = |field| {
            let fault = |text: String| Fault { field: Some(field), text };
            match self.text(field) {
                Some("") => Ok(None),
                _ => match self.money(field, order)? {
                    Some(part) if part.minor > order.amount.minor => Err(fault(format!("At most {}.", order.amount))),
                    part => Ok(part),
                },
            }
        };
        let (seller, buyer) = (part(Field::ToSeller)?, part(Field::ToBuyer)?);
        if seller.is_some() != buyer.is_some() {
            let field = if seller.is_some() { Field::ToBuyer } else { Field::ToSeller };
            return Err(Fault { field: Some(field), text: "Both parts are needed.".to_owned() });
        }
        Ok(seller.zip(buyer).map(|(seller, buyer)| Parts { to_seller: seller.minor, to_buyer: buyer.minor }))
    }

    /// Builds the command of this form, for the version of the order that was shown.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first amount or part that cannot be read, or at the one of two parts that is missing.
    pub fn command(&self, order: &Order, request: Uuid) -> Result<Command, Fault> {
        let said = |field| self.text(field).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Ok(Command {
            order: order.key.clone(),
            action: self.action,
            actor: self.actor,
            amount: self.money(Field::Amount, order)?,
            parts: self.parts(order)?,
            note: said(Field::Note),
            reference: said(Field::Reference),
            reason: said(Field::Reason),
            expect: Some(order.version),
            request,
        })
    }

    /// Checks the form as it is now against the law.
    ///
    /// # Errors
    ///
    /// [`Fault`] as for [`Self::command`], or with the law's refusal, at the field that can put it right if one can.
    pub fn verdict(&self, order: &Order, roles: Roles, now: DateTime<Utc>) -> Result<Step, Fault> {
        let command = self.command(order, Uuid::nil())?;
        decide(order, &desk::ask(&command, roles, now)).map_err(|refusal| {
            use crate::domain::refusal::Fault as Fact;
            let field = match &refusal {
                crate::domain::Refusal::Fact(_, Fact::Missing(Proof::Note)) => Some(Field::Note),
                crate::domain::Refusal::Fact(_, Fact::Missing(Proof::Reference)) => Some(Field::Reference),
                crate::domain::Refusal::Fact(_, Fact::Parts { .. }) => Some(Field::ToSeller),
                refusal => refusal.most().map(|_| Field::Amount),
            };
            Fault { field, text: refusal.to_string() }
        })
    }
}

/// The full consequence of a step, with the fee that the provider deducts automatically.
pub fn consequence(step: &Step, stored: &OrderRecord) -> String {
    let told = describe::consequence(step);
    match stored.cancellation_fee.filter(|fee| step.action() == Action::Cancel && *fee > 0) {
        Some(fee) => format!("{told} The provider deducts its cancellation fee of {}.", stored.order.money(fee)),
        None => told,
    }
}

/// Inserts pasted text into a field, on one line.
pub fn insert(input: &mut Input, text: &str) {
    for letter in text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        input.handle(tui_input::InputRequest::InsertChar(letter));
    }
}
