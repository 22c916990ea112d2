//! Whether the credentials of an account are accepted. After a refusal nothing goes out but one probe.

use super::accounts::Account;
use super::client::call;
use super::{Served, Server};
use crate::domain::OrderKey;
use crate::records::Health;
use crate::store::{StoreError, accounts};
use crate::wire::call::{Call, Looked, Method};

/// An order that no one has. Reading it says whether the credentials are accepted.
pub const NO_ORDER: &str = "00000000-0000-0000-0000-000000000000";

/// What a probe showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probed {
    /// The credentials are accepted.
    Good,
    /// They are not, in the provider's words.
    Bad(String),
    /// It cannot be told now.
    Unknown(String),
}

/// The call that shows whether credentials are accepted: a reading of an order that no one has.
fn probe(account: &Account) -> Option<Call> {
    let call = (account.connector()?.look)(NO_ORDER);
    Some(Call { method: if call.body.is_empty() { Method::Get } else { Method::Post }, ..call })
}

/// Reads an order that no one has.
pub async fn look(server: &Server, served: &Served) -> Probed {
    let account = served.account();
    let (Some(connector), Some(call_of)) = (account.connector(), probe(&account)) else {
        return Probed::Unknown("it cannot be asked".to_owned());
    };
    let Some(key) = OrderKey::new(account.provider, NO_ORDER) else {
        return Probed::Unknown("it cannot be asked".to_owned());
    };
    match call(&server.client, &account, &call_of).await {
        Ok(answer) => match (connector.looked)(&key, answer.status, &answer.body) {
            Looked::Absent(_) | Looked::Seen(_) => Probed::Good,
            Looked::Broken(words) => Probed::Bad(account.cleaned(&words)),
            Looked::Later(_) => Probed::Unknown("the provider asks to come later".to_owned()),
            Looked::Unknown(words) => Probed::Unknown(account.cleaned(&words)),
        },
        Err(super::client::Failed::NotSent(words) | super::client::Failed::Cut(words)) => Probed::Unknown(words),
    }
}

/// Probes an account once, and says in the database what it showed.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn check(server: &Server, served: &Served) -> Result<Probed, StoreError> {
    let name = served.account().name.clone();
    if !served.account().reads() {
        served.set(Health::Good);
        accounts::health(&server.store.pool, &name, Health::Good, Some("it only receives")).await?;
        return Ok(Probed::Good);
    }
    let probed = look(server, served).await;
    match &probed {
        Probed::Good => {
            served.set(Health::Good);
            accounts::health(&server.store.pool, &name, Health::Good, None).await?;
            tracing::info!(account = name, "the provider accepts the credentials");
            server.ring();
        }
        Probed::Bad(words) => stop(server, served, words).await?,
        Probed::Unknown(words) => {
            served.set(Health::Unknown);
            accounts::health(&server.store.pool, &name, Health::Unknown, Some(words)).await?;
            tracing::warn!(account = name, "the provider does not say whether it accepts the credentials");
        }
    }
    Ok(probed)
}

/// What follows when credentials were not accepted. If the file has others by now, those are used from now on; otherwise the account
/// stops.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn broken(server: &Server, served: &Served, used: &Account, words: &str) -> Result<(), StoreError> {
    if served.account().key == used.key {
        _ = super::replace(server, served);
    }
    if served.account().key == used.key {
        return stop(server, served, words).await;
    }
    tracing::info!(account = used.name, "the credentials were replaced meanwhile");
    Ok(())
}

/// Stops an account: everything that is queued waits, and an alert fires. No order has failed.
///
/// # Errors
///
/// [`StoreError`] if the database is lost, or the login may not serve.
pub async fn stop(server: &Server, served: &Served, words: &str) -> Result<(), StoreError> {
    served.set(Health::Stopped);
    let name = served.account().name.clone();
    tracing::error!(account = name, "the provider does not accept the credentials; the account is stopped");
    accounts::health(&server.store.pool, &name, Health::Stopped, Some(words)).await
}
