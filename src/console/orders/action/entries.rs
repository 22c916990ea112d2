//! What is filled in for an action: its fields, and the command that they make, checked against the law as you type.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::console::kit::form::{Field, Form};
use crate::desk::{self, Command};
use crate::domain::refusal::Fault as Fact;
use crate::domain::{Action, Actor, Money, MoneyError, Offer, Order, OrderKey, Proof, Refusal, Roles, Step, decide};

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The amount.
    Amount,
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

/// The hint next to the amount: the most that is left.
fn up_to(offer: &Offer) -> String {
    offer.most.map_or_else(String::new, |most| format!("up to {most}"))
}

fn fields(action: Action, offer: &Offer) -> Vec<Field<Entry>> {
    let mut fields = Vec::new();
    if let Some(most) = offer.most {
        fields.push(Field::amount(Entry::Amount, "Amount", &up_to(offer)).with(most.digits()));
    }
    let must = |proof| if offer.proof == proof { "needed" } else { "optional" };
    if offer.proof == Proof::Reference || offer.most.is_some() {
        fields.push(Field::words(Entry::Reference, "Reference", must(Proof::Reference)));
    }
    if matches!(action, Action::Cancel | Action::Refund | Action::Reject) {
        fields.push(Field::words(Entry::Reason, "Reason code", "optional"));
    }
    let note = if offer.proof == Proof::Note { "needed: how you know" } else { "" };
    fields.push(Field::words(Entry::Note, "Note", note));
    fields
}

impl Entries {
    /// The fields for an offered action. The suggested amount is the most that is left.
    pub fn new(order: &Order, action: Action, actor: Actor, offer: &Offer) -> Self {
        let form = Form::new(fields(action, offer));
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

    fn money(&self, field: Entry, order: &Order) -> Result<Option<Money>, Fault> {
        let fault = |error: MoneyError| Fault { field: Some(field), text: error.to_string() };
        let text = self.form.has(field).then(|| self.form.text(field));
        text.map(|text| Money::typed(text, order.amount.currency)).transpose().map_err(fault)
    }

    /// Builds the command of this form, for the version of the order that was shown.
    ///
    /// # Errors
    ///
    /// [`Fault`] at the amount, if it cannot be read.
    pub fn command(&self, order: &Order, request: Uuid) -> Result<Command, Fault> {
        Ok(Command {
            order: order.key.clone(),
            action: self.action,
            actor: self.actor,
            amount: self.money(Entry::Amount, order)?,
            parts: None,
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
                refusal => refusal.most().map(|_| Entry::Amount),
            };
            Fault { field, text: refusal.to_string() }
        })
    }
}
