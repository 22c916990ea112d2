//! The demo's provider and server, for two merchants. The token of one was rotated: its account is stopped until a person gives it the new
//! one, and what is asked until then waits. The other's works.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tokio::net::TcpListener;
use uuid::Uuid;

use crate::console::demo::requests;
use crate::domain::{Action, TAMARA};
use crate::exit::CliError;
use crate::query::{self, Cursor, Sort};
use crate::records::{OrderRecord, Transition};
use crate::sample::life::BROKEN;
use crate::sandbox::book::{Book, Held, Move};
use crate::sandbox::{self, Member, Sandbox};
use crate::serve::{self, Part, Server};
use crate::settings::files;
use crate::store::page::{self, Of};
use crate::store::{Store, StoreError, read};

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
        "Demo: the new token is {TOKEN}. Give it: 3, Tab, Tab, Enter. {} rotated that of {BROKEN}, so its account is stopped.",
        TAMARA.title()
    )
}

/// A merchant whose account works.
const WORKS: &str = "riyadh-home";
/// What that account calls with.
const KEY: &str = "demo-token-of-riyadh-home";

/// Starts provider and server, with everything that the book has of both merchants. Returns the accounts file and the ids of these orders.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if no port is free or the file cannot be written.
pub async fn open(store: &Store, folder: &Path) -> Result<(PathBuf, BTreeSet<String>), CliError> {
    let (there, here) = (TcpListener::bind("127.0.0.1:0").await?, TcpListener::bind("127.0.0.1:0").await?);
    let file = folder.join("accounts.toml");
    let account = |name: &str, token: &str| {
        let at = there.local_addr()?;
        Ok::<_, std::io::Error>(format!(
            "[[account]]\nname = \"{name}\"\nprovider = \"tamara\"\nbase_url = \"http://{at}\"\napi_token = {{ file = \"{token}\" }}\n\
             notification_tokens = [{{ file = \"notify\" }}]\nrate = 3\nshipping_company = \"Aramex\"\n"
        ))
    };
    let accounts = [account(BROKEN, "token")?, account(WORKS, "key")?].join("\n");
    for (name, text) in [("accounts.toml", accounts.as_str()), ("token", OLD), ("key", KEY), ("notify", NOTIFY)] {
        files::write(&folder.join(name), text.as_bytes())?;
    }
    let member = |key: &str| Member { provider: "tamara", key: key.to_owned(), notify_with: Some(NOTIFY.to_owned()) };
    let played = Sandbox::new(sandbox::Ask {
        members: BTreeMap::from([(BROKEN.to_owned(), member(TOKEN)), (WORKS.to_owned(), member(KEY))]),
        notify: Some(format!("http://{}", here.local_addr()?)),
        ..sandbox::Ask::default()
    });
    let mut ids = BTreeSet::new();
    let mut known = requests::Known::default();
    for merchant in [BROKEN, WORKS] {
        let orders = orders(store, merchant).await?;
        let names: Vec<String> = orders.iter().map(|stored| stored.order.key.to_string()).collect();
        let log = {
            let mut connection = store.pool.acquire().await.map_err(StoreError::from)?;
            read::timelines(&mut connection, &names).await?
        };
        for stored in &orders {
            ids.insert(stored.order.key.id.clone());
            let held = held(stored, merchant, log.iter().filter(|entry| entry.order == stored.order.key));
            played.with(|book| book.orders.insert(held.order_id.clone(), held));
        }
        let touched = played.with(|book| acted_alone(book, merchant));
        let (differ, same) = orders.into_iter().partition::<Vec<_>, _>(|it| touched.contains(&it.order.key.id));
        known.same.extend(same);
        known.differ.extend(differ.into_iter().filter(|_| merchant == WORKS).map(|it| it.order.key.to_string()));
    }
    let parts = [Part::Receive, Part::Send, Part::Read].into();
    let server = Server::new(store.clone(), serve::Ask { accounts: file.clone(), parts }).map_err(CliError::Usage)?;
    tokio::spawn(sandbox::serve(played, there));
    tokio::spawn(async move { serve::run(&server, here).await });
    let asking = store.clone();
    tokio::spawn(async move { requests::play(&asking, &known).await });
    Ok((file, ids))
}

/// The orders of a merchant, as the book has them.
async fn orders(store: &Store, merchant: &str) -> Result<Vec<OrderRecord>, StoreError> {
    let unread = |fault| StoreError::Foreign(format!("the orders of {merchant} cannot be found: {fault}"));
    let now = chrono::Utc::now();
    let sieve = query::parse(&format!("merchant={merchant}")).map_err(unread)?.sieve(&store.person, now, true);
    page::after(&store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), MOST).await
}

/// An order as the provider has it, with what was done to its money.
fn held<'a>(stored: &OrderRecord, account: &str, log: impl Iterator<Item = &'a Transition>) -> Held {
    let order = &stored.order;
    let made = |entry: &Transition| {
        let kind = entry.action.filter(|action| matches!(action, Action::Cancel | Action::Capture | Action::Refund))?;
        let known = entry.reference.as_ref().or(entry.confirmed_reference.as_ref());
        Some(Move {
            kind: kind.name().to_owned(),
            id: known.cloned().unwrap_or_else(|| Uuid::new_v4().to_string()),
            amount: entry.amount?,
            mark: None,
            of: entry.of_capture.clone(),
            at: entry.happened_at,
        })
    };
    Held {
        order_id: order.key.id.clone(),
        account: account.to_owned(),
        status: order.status.name().to_owned(),
        amount: order.amount.minor,
        currency: order.amount.currency,
        created_at: order.opened_at,
        moves: log.filter_map(made).collect(),
    }
}

/// What the provider did last night, and nobody here knows: one order was captured, and one was canceled twice, which no law allows.
/// Returns their ids.
fn acted_alone(book: &mut Book, account: &str) -> Vec<String> {
    let untouched = |held: &&mut Held| held.account == account && held.status == "authorised" && held.moves.is_empty();
    let mut authorised = book.orders.values_mut().filter(untouched);
    let now = chrono::Utc::now();
    let mut touched = Vec::new();
    if let Some(held) = authorised.next() {
        _ = held.money_move("capture", held.amount, None, now);
        touched.push(held.order_id.clone());
    }
    if let Some(held) = authorised.next() {
        for part in [held.amount / 10, held.amount / 5] {
            held.status = "authorised".to_owned();
            _ = held.money_move("cancel", part, None, now);
        }
        touched.push(held.order_id.clone());
    }
    touched
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
