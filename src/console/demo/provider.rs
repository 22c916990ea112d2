//! The demo's provider and server. The token of one merchant was rotated: its account is stopped until a person gives it the new one,
//! and what is asked until then waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
use uuid::Uuid;

use crate::domain::TAMARA;
use crate::exit::CliError;
use crate::query::{self, Cursor, Sort};
use crate::records::OrderRecord;
use crate::sample::life::BROKEN;
use crate::sandbox::book::{Held, Move};
use crate::sandbox::{self, Member, Sandbox};
use crate::serve::{self, Part, Server};
use crate::settings::files;
use crate::store::page::{self, Of};
use crate::store::{Store, StoreError};

/// The token that the provider accepts, and the one that the account still has.
pub const TOKEN: &str = "demo-token-2";
const OLD: &str = "demo-token-1";
/// What the provider signs its notifications with.
const NOTIFY: &str = "demo-notify";
/// The most orders of the merchant.
const MOST: i64 = 5_000;

/// What the demo says first.
pub fn greeting() -> String {
    format!(
        "Demo: the new token is {TOKEN}. Give it: S, Tab, Tab, Enter. {} rotated that of {BROKEN}, so its account is stopped.",
        TAMARA.title()
    )
}

/// Starts provider and server, with everything that the book has of the merchant. Returns the accounts file and the ids of these orders.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if no port is free or the file cannot be written.
pub async fn open(store: &Store, folder: &Path) -> Result<(PathBuf, BTreeSet<String>), CliError> {
    let (there, here) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    let file = folder.join("accounts.toml");
    let account = format!(
        "[[account]]\nname = \"{BROKEN}\"\nprovider = \"tamara\"\nbase_url = \"http://{}\"\napi_token = {{ file = \"token\" }}\n\
         notification_tokens = [{{ file = \"notify\" }}]\nrate = 3\nshipping_company = \"Aramex\"\n",
        there.local_addr()?
    );
    for (name, text) in [("accounts.toml", account.as_str()), ("token", OLD), ("notify", NOTIFY)] {
        files::write(&folder.join(name), text.as_bytes())?;
    }
    let member = Member { provider: "tamara", key: TOKEN.to_owned(), notify_with: Some(NOTIFY.to_owned()) };
    let played = Sandbox::new(sandbox::Ask {
        members: BTreeMap::from([(BROKEN.to_owned(), member)]),
        notify: Some(format!("http://{}", here.local_addr()?)),
        ..sandbox::Ask::default()
    });
    let mut ids = BTreeSet::new();
    for stored in orders(store).await? {
        ids.insert(stored.order.key.id.clone());
        played.with(|book| book.orders.insert(stored.order.key.id.clone(), held(&stored)));
    }
    let parts = [Part::Receive, Part::Send, Part::Read].into();
    let server = Server::new(store.clone(), serve::Ask { accounts: file.clone(), parts }).map_err(CliError::Usage)?;
    tokio::spawn(sandbox::serve(played, there));
    tokio::spawn(async move { serve::run(&server, here).await });
    Ok((file, ids))
}

/// The orders of the merchant, as the book has them.
async fn orders(store: &Store) -> Result<Vec<OrderRecord>, StoreError> {
    let unread = |fault| StoreError::Foreign(format!("the orders of {BROKEN} cannot be found: {fault}"));
    let now = chrono::Utc::now();
    let sieve = query::parse(&format!("merchant={BROKEN}")).map_err(unread)?.sieve(&store.person, now, true);
    page::after(&store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), MOST).await
}

/// An order as the provider has it.
fn held(stored: &OrderRecord) -> Held {
    let order = &stored.order;
    let sums = [("cancel", order.facts.canceled), ("capture", order.facts.captured), ("refund", order.facts.refunded)];
    let made = |(kind, amount): (&str, i64)| Move {
        kind: kind.to_owned(),
        id: Uuid::new_v4().to_string(),
        amount,
        mark: None,
        of: None,
        at: order.moved_at,
    };
    Held {
        order_id: order.key.id.clone(),
        account: BROKEN.to_owned(),
        status: order.status.name().to_owned(),
        amount: order.amount.minor,
        currency: order.amount.currency,
        created_at: order.opened_at,
        moves: sums.into_iter().filter(|(_, amount)| *amount > 0).map(made).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_words_say_what_to_do() {
        let words = greeting();
        assert!(words.contains(TOKEN) && words.contains(BROKEN) && !words.contains(OLD), "{words}");
    }
}
