//! The sums and the consequence of an action on many orders.

use std::collections::BTreeMap;

use crate::console::kit::look::name;
use crate::domain::{Action, Actor, Offer, Pot, Proof, Step, Total, consequence};
use crate::records::OrderRecord;

/// An action, for all marked orders that allow it.
#[derive(Debug, Clone)]
pub struct Sum {
    /// The action.
    pub action: Action,
    /// The actor it is recorded for.
    pub actor: Actor,
    /// Its letter, which never changes.
    pub letter: char,
    /// How many of the orders allow it now.
    pub count: usize,
    /// The sums, by currency: of the most the action allows, or of the amounts the orders were opened with.
    pub totals: Vec<Total>,
    /// The proof that it needs.
    pub proof: Proof,
}

impl Sum {
    /// Adds an order that is offered an action.
    pub fn gather(
        sums: &mut Vec<Self>,
        stored: &OrderRecord,
        (action, actor, letter): (Action, Actor, char),
        offer: &Offer,
    ) {
        let at = sums.iter().position(|sum| (sum.action, sum.actor) == (action, actor)).unwrap_or_else(|| {
            sums.push(Self { action, actor, letter, count: 0, totals: Vec::new(), proof: offer.proof });
            sums.len() - 1
        });
        sums[at].count += 1;
        let whole = stored.order.amount;
        Total::gather(&mut sums[at].totals, whole.currency, i128::from(offer.most.unwrap_or(whole).minor));
    }
}

/// What an action leads to, for all orders together.
#[derive(Debug, Clone, Default)]
pub struct Consequences {
    /// The new statuses, and how many orders get each.
    to: BTreeMap<&'static str, usize>,
    /// The fees that the provider deducts automatically.
    fees: Vec<Total>,
    /// The amounts that can never be captured any more.
    lost: Vec<Total>,
}

impl Consequences {
    /// Adds what happens to one order.
    pub fn add(&mut self, stored: &OrderRecord, step: &Step) {
        let order = step.order();
        *self.to.entry(name(order.status)).or_default() += 1;
        let currency = order.amount.currency;
        if let Some(fee) = stored.cancellation_fee.filter(|fee| step.action() == Action::Cancel && *fee > 0) {
            Total::gather(&mut self.fees, currency, i128::from(fee));
        }
        if consequence::ends_captures(step) {
            Total::gather(&mut self.lost, currency, i128::from(order.facts.left(Pot::Uncaptured)));
        }
    }

    /// The new statuses, and what is lost, in words.
    pub fn words(&self) -> (String, Vec<String>) {
        let to: Vec<String> = self.to.iter().map(|(status, count)| format!("{status} {count}")).collect();
        let sums = |totals: &[Total]| totals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let fees = |sum| format!("The provider deducts its cancellation fees, {sum} in total.");
        let lost = |sum| format!("The uncaptured {sum} can no longer be captured.");
        let mut warnings = Vec::new();
        warnings.extend((!self.fees.is_empty()).then(|| fees(sums(&self.fees))));
        warnings.extend((!self.lost.is_empty()).then(|| lost(sums(&self.lost))));
        (format!("They become: {}.", to.join(", ")), warnings)
    }
}
