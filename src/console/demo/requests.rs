//! What the made-up people of the demo ask of the provider: a refund that a lead has to approve, a capture that is done, captures that
//! wait for the new token of their account, and readings of orders that the provider moved alone.

use std::time::Duration;

use chrono::Utc;
use tokio::time::sleep;
use uuid::Uuid;

use crate::desk::providers::{self, Wish};
use crate::desk::{Command, drift};
use crate::domain::tamara::Status;
use crate::domain::{Action, Actor, Money, Roles};
use crate::records::OrderRecord;
use crate::sample::life::BROKEN;
use crate::store::{Store, StoreError, accounts};

/// Who asks.
const PERSON: &str = "noura";
/// How often the account is looked for until the server has made it known.
const LOOKS: usize = 50;
const PAUSE: Duration = Duration::from_millis(200);

/// The orders that the provider plays.
#[derive(Debug, Default)]
pub struct Known {
    /// Those that are here as they are there.
    pub same: Vec<OrderRecord>,
    /// The names of those that differ, of accounts that work.
    pub differ: Vec<String>,
}

/// Asks, as soon as the server has made its accounts known.
///
/// # Errors
///
/// [`StoreError`] if the database fails.
pub async fn play(store: &Store, orders: &Known) -> Result<(), StoreError> {
    let mut as_person = store.clone();
    PERSON.clone_into(&mut as_person.person);
    let of = |broken: bool, status: Status| {
        let is = move |stored: &&OrderRecord| {
            (stored.merchant.as_deref() == Some(BROKEN)) == broken && stored.order.status == status.status()
        };
        orders.same.iter().filter(is)
    };
    let captures = of(false, Status::Authorised).take(1).chain(of(true, Status::Authorised).take(2));
    let refunds = of(false, Status::FullyCaptured).max_by_key(|stored| stored.order.amount.minor);
    let asked = captures.map(|stored| (stored, Action::Capture)).chain(refunds.map(|stored| (stored, Action::Refund)));
    for (stored, action) in asked {
        known(store, stored).await?;
        // What the law does not allow by now is left out: these lives go on.
        providers::carry(&as_person, Roles::UNREGISTERED, &Wish::new(command(stored, action)), Utc::now()).await?;
    }
    drift::check(store, &orders.differ).await?;
    Ok(())
}

/// Waits until the order's account is known.
async fn known(store: &Store, stored: &OrderRecord) -> Result<(), StoreError> {
    for _ in 0..LOOKS {
        if accounts::of_order(&store.pool, &stored.order.key.to_string()).await?.is_some() {
            break;
        }
        sleep(PAUSE).await;
    }
    Ok(())
}

fn command(stored: &OrderRecord, action: Action) -> Command {
    let Money { minor, currency } = stored.order.amount;
    let note = (action == Action::Refund).then(|| "the parcel came back unopened".to_owned());
    Command {
        order: stored.order.key.clone(),
        action,
        actor: Actor::Merchant,
        amount: Some(Money::new(minor, currency)),
        parts: None,
        note,
        reference: None,
        reason: None,
        expect: None,
        request: Uuid::new_v4(),
    }
}
