//! What is filled in for an action: its fields, and the command that they make, checked against the law as you type.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::console::kit::form::{Field, Form};
use crate::desk::{self, Command};
use crate::domain::refusal::Fault as Fact;
use crate::domain::{
    Action, Actor, Money, MoneyError, Offer, Order, OrderKey, Outcome, Parts, Proof, Refusal, Roles, Step, decide,
};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
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

/// What is filled in for an action on an order.
#[derive(Debug, Clone)]
pub struct Entries {
    /// The order.
    pub key: OrderKey,
    /// The action.
    pub action: Action,
    /// The actor it is recorded for.
    pub actor: Actor,
    /// The fields.
    pub form: Form<Entry>,
    /// The proof that the action needs.
    pub proof: Proof,
    /// Something was typed or chosen.
    pub touched: bool,
}

/// What is wrong with a form, and in which field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field, if one field is wrong.
    pub field: Option<Entry>,
    /// The reason, for people.
    pub text: String,
}

/// The name of an outcome in its field, and its words.
const OUTCOMES: [(Outcome, &str, &str); 3] = [
    (Outcome::PaySeller, "seller", "Pay seller"),
    (Outcome::RefundBuyer, "buyer", "Refund buyer"),
    (Outcome::Split, "split", "Split"),
];

/// The hint next to the amount: the most that is left.
fn up_to(offer: &Offer) -> String {
    offer.most.map_or_else(String::new, |most| format!("up to {most}"))
}

fn fields(order: &Order, action: Action, offer: &Offer) -> Vec<Field<Entry>> {
    let mut fields = Vec::new();
    if let Some(most) = offer.most {
        fields.push(Field::amount(Entry::Amount, "Amount", &up_to(offer)).with(most.digits()));
    }
    if offer.parts {
        let of = format!("of {}, or e.g. 40%", order.amount);
        let outcomes = OUTCOMES.map(|(_, value, words)| (value.to_owned(), words.to_owned()));
        // No outcome is suggested: the person who decides has to choose.
        fields.push(Field::choice(Entry::Outcome, "Outcome", outcomes.to_vec()));
        fields.push(Field::amount(Entry::ToSeller, "To seller", &of));
        fields.push(Field::amount(Entry::ToBuyer, "To buyer", &of));
    }
    let must = |proof| if offer.proof == proof { "needed" } else { "optional" };
    if offer.proof == Proof::Reference || offer.most.is_some() {
        fields.push(Field::words(Entry::Reference, "Reference", must(Proof::Reference)));
    }
    if matches!(action, Action::Cancel | Action::Refund | Action::Reject | Action::Settle) {
        fields.push(Field::words(Entry::Reason, "Reason code", "optional"));
    }
    let note = if offer.proof == Proof::Note { "needed: how you know" } else { "" };
    fields.push(Field::words(Entry::Note, "Note", note));
    fields
}

impl Entries {
    /// The fields for an offered action. The suggested amount is the most that is left.
    pub fn new(order: &Order, action: Action, actor: Actor, offer: &Offer) -> Self {
        let form = Form::new(fields(order, action, offer));
        Self { key: order.key.clone(), action, actor, form, proof: offer.proof, touched: false }
    }

    /// Whether the form has to be shown because the action needs it.
    pub fn is_needed(&self) -> bool {
        let first = self.form.fields.first().map(|field| field.name);
        self.proof != Proof::Nothing || !matches!(first, Some(Entry::Note | Entry::Reason))
    }

    /// The key of its draft.
    pub fn draft(&self) -> Draft {
        (self.key.clone(), self.action, self.actor)
    }

    /// Takes over what is offered now.
    pub fn offered(&mut self, offer: &Offer) {
        if let Some(field) = self.form.field_mut(Entry::Amount) {
            field.hint = up_to(offer);
        }
    }

    /// Chooses the next or the previous outcome, and fills in the parts: all to the seller, all to the buyer, half and
    /// half.
    pub fn choose(&mut self, order: &Order, forward: bool) {
        self.touched |= self.form.choose(forward);
        let held = order.amount.minor;
        let chosen = OUTCOMES.iter().find(|(_, value, _)| *value == self.form.text(Entry::Outcome));
        let seller = match chosen.map(|(outcome, ..)| outcome) {
            Some(Outcome::PaySeller) => held,
            Some(Outcome::RefundBuyer) => 0,
            Some(Outcome::Split) | None => held / 2,
        };
        self.form.set(Entry::ToSeller, order.money(seller).digits());
        self.form.set(Entry::ToBuyer, order.money(held - seller).digits());
    }

    /// Updates what is computed from the field that was just typed: the other party's part, and the outcome.
    pub fn follow(&mut self, order: &Order) {
        self.touched = true;
        let (own, other) = match self.form.name() {
            Some(Entry::ToSeller) => (Entry::ToSeller, Entry::ToBuyer),
            Some(Entry::ToBuyer) => (Entry::ToBuyer, Entry::ToSeller),
            Some(Entry::Amount | Entry::Outcome | Entry::Note | Entry::Reference | Entry::Reason) | None => return,
        };
        let typed = read(own, self.form.text(own), order);
        // If this part is not valid, the other part is empty.
        let rest = typed.ok().and_then(|part| order.amount.minor.checked_sub(part.minor)).filter(|rest| *rest >= 0);
        self.form.set(other, rest.map_or_else(String::new, |rest| order.money(rest).digits()));
        let outcome = self.parts(order).ok().flatten().map(Outcome::of);
        let named = OUTCOMES.iter().find(|(it, ..)| Some(*it) == outcome);
        self.form.set(Entry::Outcome, named.map_or("", |(_, value, _)| value));
    }

    fn money(&self, field: Entry, order: &Order) -> Result<Option<Money>, Fault> {
        let fault = |error: MoneyError| Fault { field: Some(field), text: error.to_string() };
        let text = self.form.has(field).then(|| self.form.text(field));
        text.map(|text| read(field, text, order)).transpose().map_err(fault)
    }

    fn parts(&self, order: &Order) -> Result<Option<Parts>, Fault> {
        let part = |field| match self.form.text(field) {
            "" => Ok(None),
            _ => match self.money(field, order)? {
                Some(part) if part.minor > order.amount.minor => {
                    Err(Fault { field: Some(field), text: format!("At most {}.", order.amount) })
                }
                part => Ok(part),
            },
        };
        match (part(Entry::ToSeller)?, part(Entry::ToBuyer)?) {
            (None, None) => Ok(None),
            (Some(seller), Some(buyer)) => Ok(Some(Parts { to_seller: seller.minor, to_buyer: buyer.minor })),
            (seller, _) => {
                let field = if seller.is_some() { Entry::ToBuyer } else { Entry::ToSeller };
                Err(Fault { field: Some(field), text: "Both parts are needed.".to_owned() })
            }
        }
    }

    /// Builds the command of this form, for the version of the order that was shown.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the first amount or part that cannot be read, or at the one of two parts that is missing.
    pub fn command(&self, order: &Order, request: Uuid) -> Result<Command, Fault> {
        Ok(Command {
            order: order.key.clone(),
            action: self.action,
            actor: self.actor,
            amount: self.money(Entry::Amount, order)?,
            parts: self.parts(order)?,
            note: self.form.said(Entry::Note),
            reference: self.form.said(Entry::Reference),
            reason: self.form.said(Entry::Reason),
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
            let field = match &refusal {
                Refusal::Fact(_, Fact::Missing(Proof::Note)) => Some(Entry::Note),
                Refusal::Fact(_, Fact::Missing(Proof::Reference)) => Some(Entry::Reference),
                Refusal::Fact(_, Fact::Parts { .. }) => Some(Entry::ToSeller),
                refusal => refusal.most().map(|_| Entry::Amount),
            };
            Fault { field, text: refusal.to_string() }
        })
    }
}

/// Parses an amount typed into this field.
fn read(field: Entry, text: &str, order: &Order) -> Result<Money, MoneyError> {
    match field {
        Entry::ToSeller => Parts::read_to_seller(text, order.amount),
        Entry::ToBuyer => Parts::read_to_buyer(text, order.amount),
        Entry::Amount | Entry::Outcome | Entry::Note | Entry::Reference | Entry::Reason => {
            Money::typed(text, order.amount.currency)
        }
    }
}
