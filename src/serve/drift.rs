//! What people ask about orders that differ: to read them now, and to record what the provider did.

use super::{Served, Server, read};
use crate::domain::OrderKey;
use crate::intake::reading::{Choice, Outcome};
use crate::store::accounts::Asked;
use crate::store::{StoreError, received};
use crate::wire::call::Looked;

/// Whether it was done, and the answer: words, or the outcome as JSON.
type Answer = (bool, String);

/// Adds the orders of a question to those that are read next.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn take(server: &Server, served: &Served, ask: &Asked) -> Result<Answer, StoreError> {
    if let Some(words) = cannot(served) {
        return Ok((false, words));
    }
    let orders = ask.ask.orders.iter().flatten();
    let wanted: Vec<_> = orders.map(|order| (order.clone(), ask.ask.account.clone(), "asked")).collect();
    let mut connection = server.store.pool.acquire().await?;
    received::want(&mut connection, &wanted, 0.0).await?;
    drop(connection);
    server.ring();
    Ok((true, "they are read now".to_owned()))
}

/// Why nothing can be read now.
fn cannot(served: &Served) -> Option<String> {
    match served.may_read() {
        true => None,
        false if !served.account().reads() => Some("the account only receives: it has no credentials".to_owned()),
        false => Some("the account is stopped: the provider does not accept its credentials".to_owned()),
    }
}

/// Reads an order, and records the way to what the provider shows that a person chose.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn adopt(server: &Server, served: &Served, ask: &Asked) -> Result<Answer, StoreError> {
    if let Some(words) = cannot(served) {
        return Ok((false, words));
    }
    let account = served.account();
    let key = ask.ask.order_id.as_deref().and_then(OrderKey::parse).filter(|key| key.provider == account.provider);
    let (Some(connector), Some(key)) = (account.connector(), key) else {
        return Ok((false, "this account does not read such orders".to_owned()));
    };
    let way = ask.ask.way.and_then(|way| usize::try_from(way).ok());
    let choice = Choice { way, note: ask.ask.note.as_deref().unwrap_or_default(), person: &ask.asked_by };
    let (looked, asked) = read::look(server, &account, connector, &key).await?;
    let outcome = match looked {
        Looked::Seen(seen) => match read::shown(server, &account, &key, (&seen, asked), Some(choice)).await? {
            Ok(outcome) => outcome,
            Err(words) => return Ok((false, words)),
        },
        Looked::Absent(_) => {
            read::absent(server, &account, &key, asked).await?;
            Outcome::Absent
        }
        Looked::Broken(words) => {
            super::standing::broken(server, served, &account, &account.cleaned(&words)).await?;
            return Ok((false, "the provider does not accept the account's credentials".to_owned()));
        }
        Looked::Later(_) => return Ok((false, "the provider asks to come later".to_owned())),
        Looked::Unknown(words) => return Ok((false, account.cleaned(&words))),
    };
    Ok((true, serde_json::to_string(&outcome).unwrap_or_default()))
}
