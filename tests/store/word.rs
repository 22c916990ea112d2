//! The provider's word about a disputed order, recorded past the import.

use chrono::Utc;
use recourse::domain::*;
use recourse::store::{Proof, Record, StoreError, append, read};

use super::harness::Book;

/// Records a fact from the provider, if it is lawful at that point.
pub async fn provider(book: &Book, id: &str, number: i64) {
    let stored = read::order(&book.store.pool, &OrderKey::new(ATARAPAY, id).unwrap()).await.unwrap().unwrap();
    let (action, actor) = [
        (Action::Withdraw, Actor::Buyer),
        (Action::Withdraw, Actor::Seller),
        (Action::Complete, Actor::Provider),
        (Action::RaiseDispute, Actor::Seller),
    ][number as usize % 4];
    let Ok(step) = decide(&stored.order, &Ask::new(action, actor, Utc::now(), By::Fact)) else { return };
    let mut connection = book.store.pool.acquire().await.unwrap();
    let record = Record::Step(step, Proof::new(Source::Notification, "recourse"));
    match append::append(&mut connection, &[record]).await {
        Ok(_) => {}
        // Above the limit, what is reported waits for a lead.
        Err(StoreError::Refused { constraint, .. }) => assert_eq!(constraint, "decision_above_limit_released"),
        Err(error) => panic!("{error}"),
    }
}
