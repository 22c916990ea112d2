//! `recourse accounts`: the accounts at the providers; and reading orders with one of them.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use chrono::Utc;
use serde::Serialize;
use tokio::time::{Instant, sleep};

use super::json::time;
use super::table::Table;
use super::{Desk, not_permitted, refused};
use crate::desk::accounts as asking;
use crate::domain::{OrderKey, Provider, Roles, Task};
use crate::exit::{CliError, End};
use crate::records::{Account, Health};
use crate::serve::accounts as held;
use crate::serve::webhooks;
use crate::settings::Settings;
use crate::settings::ask::provider::{Accounts, AccountsVerb};
use crate::settings::token as settings_token;
use crate::store::accounts::{Ask, Question};
use crate::store::{StoreError, accounts as announced, feed, health, received};
use crate::text;

const LOOK: Duration = Duration::from_millis(200);
/// How long nothing may be read before it is given up.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Serialize)]
struct AccountLine {
    name: String,
    provider: String,
    merchants: Vec<String>,
    environment: String,
    sends: bool,
    health: &'static str,
    since: String,
    message: Option<String>,
}

/// Lists the accounts, or does something with one.
///
/// # Errors
///
/// [`CliError::Usage`] if the accounts file is wrong; [`CliError::Missing`] if there is no such account; [`CliError::Store`] if the
/// database fails; [`CliError::Io`] if the output cannot be written.
pub async fn accounts(desk: &mut Desk<'_>, settings: &Settings, ask: &Accounts) -> Result<End, CliError> {
    let Some(verb) = &ask.verb else { return list(desk).await };
    // While no one is registered, the database asks for its owner.
    if desk.roles != Roles::UNREGISTERED
        && let Err(why) = desk.roles.may(Task::Account)
    {
        return not_permitted(desk, why);
    }
    desk.writes()?;
    let file = || super::serve::file(settings, ask.accounts.as_ref());
    match verb {
        AccountsVerb::Check { name } => asked(desk, name, Question::Check).await,
        AccountsVerb::Token { name, from } => token(desk, &file()?, name, from.as_deref()).await,
        AccountsVerb::Webhooks { name, url, remove } => {
            let account = account_in(&file()?, name)?;
            if let Some(url) = url.as_deref().filter(|url| !takes_notifications(url)) {
                let words = format!(
                    "{}: write the address of a hook, like https://hooks.example.com/hooks/tamara/{name}",
                    text::clean(url)
                );
                return Err(CliError::Usage(words));
            }
            let told = webhooks::run(&account, url.as_deref(), remove.as_deref()).await.map_err(CliError::Missing)?;
            for hook in told {
                if desk.json {
                    desk.line(&hook)?;
                } else {
                    writeln!(
                        desk.out,
                        "{}  {}  {}",
                        text::clean(&hook.id),
                        text::clean(&hook.url),
                        hook.events.join(", ")
                    )?;
                }
            }
            Ok(End::Done)
        }
    }
}

/// Whether an address can be that of a hook: encrypted, or on this machine, with nothing in it that is secret.
fn takes_notifications(url: &str) -> bool {
    reqwest::Url::parse(url).is_ok_and(|url| {
        let bare = url.username().is_empty() && url.password().is_none() && url.query().is_none();
        bare && (url.scheme() == "https" || held::is_local(&url))
    })
}

async fn list(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let now = health::now(&desk.store).await?;
    let mut table =
        Table::new(&["name", "provider", "merchants", "environment", "sends", "health", "since", "message"], &[]);
    for account in announced::all(&desk.store.pool).await? {
        let health = account.standing(now);
        let Account { name, provider, merchants, environment, sends, since, message, .. } = account;
        if desk.json {
            desk.line(&AccountLine {
                name,
                provider,
                merchants,
                environment,
                sends,
                health,
                since: time(since),
                message,
            })?;
        } else {
            let sends = if sends { "yes" } else { "no" }.to_owned();
            let since = desk.shown(since);
            table.row([
                name,
                provider,
                merchants.join(", "),
                environment,
                sends,
                health.to_owned(),
                since,
                message.unwrap_or_default(),
            ]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

/// Asks a running server something, and prints its answer: 0 if it is good, 1 if it is not or none runs.
async fn asked(desk: &mut Desk<'_>, name: &str, what: Question) -> Result<End, CliError> {
    desk.elsewhere.set(true);
    match asking::put(&desk.store, &Ask::of(name, what)).await {
        Ok((good, message)) => told(desk, name, good, &message),
        Err(StoreError::Refused { constraint, message }) => refused(desk, constraint, message),
        Err(error) => Err(error.into()),
    }
}

fn told(desk: &mut Desk<'_>, name: &str, good: bool, message: &str) -> Result<End, CliError> {
    if desk.json {
        let result = if good { "good" } else { "bad" };
        desk.line(&serde_json::json!({ "result": result, "name": name, "message": message }))?;
    } else {
        writeln!(desk.out, "{}: {}", text::clean(name), text::clean(message))?;
    }
    Ok(if good { End::Done } else { End::Failed })
}

fn account_in(file: &Path, name: &str) -> Result<held::Account, CliError> {
    let all = held::read(file).map_err(|fault| CliError::Usage(fault.to_string()))?;
    let missing = || CliError::Missing(format!("{}: no account {name:?}", file.display()));
    all.into_iter().find(|account| account.name == name).ok_or_else(missing)
}

/// The longest token that is read.
const LONGEST: u64 = 16_384;

/// Replaces the file that has an account's token, and has the running servers read it.
async fn token(desk: &mut Desk<'_>, file: &Path, name: &str, from: Option<&Path>) -> Result<End, CliError> {
    let mut text = String::new();
    match from {
        Some(from) => _ = std::fs::File::open(from)?.take(LONGEST).read_to_string(&mut text)?,
        None => _ = std::io::stdin().take(LONGEST).read_to_string(&mut text)?,
    }
    if !announced::all(&desk.store.pool).await?.iter().any(|account| account.name == name) {
        let words = format!(
            "no server has an account {name:?} in this database: name the server's own (DATABASE_URL); nothing was replaced"
        );
        return Err(CliError::Missing(words));
    }
    settings_token::replace(file, name, &text).map_err(CliError::Usage)?;
    asked(desk, name, Question::Reload).await
}

/// The most ids that are wanted in one statement.
const BATCH: usize = 500;

/// Wants the orders in a file to be read at their provider, and waits until a running server has read them.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be read, or no server has the account; [`CliError::Usage`] if a line is no id;
/// [`CliError::Store`] if the database fails.
pub async fn fill(desk: &mut Desk<'_>, ids: &Path, name: &str) -> Result<End, CliError> {
    let now = health::now(&desk.store).await?;
    let known = announced::all(&desk.store.pool).await?.into_iter().find(|account| account.name == name);
    if let Some(account) = known.as_ref().filter(|account| account.health == Health::Stopped) {
        let why = account.message.as_deref().map(text::clean).unwrap_or_default();
        return Err(CliError::Missing(format!("the account {name} is stopped, so nothing is read: {why}")));
    }
    let account = known.filter(|account| account.is_served(now));
    let account = account.ok_or_else(|| CliError::Missing(format!("no running server has an account {name:?}")))?;
    let provider: Provider =
        account.provider.parse().map_err(|_| CliError::Missing("the provider is not known".to_owned()))?;
    let text = crate::desk::place::text(ids)
        .map_err(|error| CliError::Missing(format!("{}: {}", ids.display(), text::trouble(&error))))?;
    let mut orders = BTreeSet::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let key = OrderKey::new(provider, line.trim());
        let key = key.ok_or_else(|| CliError::Usage(format!("line {} is no id of an order", at + 1)))?;
        orders.insert(key.to_string());
    }
    let orders: Vec<String> = orders.into_iter().collect();
    let mut connection = desk.store.pool.acquire().await.map_err(StoreError::from)?;
    for some in orders.chunks(BATCH) {
        let wanted: Vec<_> = some.iter().map(|order| (order.clone(), name.to_owned(), "ids")).collect();
        received::want(&mut connection, &wanted, 0.0).await?;
    }
    feed::ring(&desk.store).await;
    desk.elsewhere.set(true);
    let (mut still, mut until) = (usize::MAX, Instant::now() + PATIENCE);
    let left = loop {
        let waiting = received::waiting(&mut connection, &orders).await?;
        let (fresh, failed): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(_, message)| message.is_none());
        if fresh.len() < still {
            (still, until) = (fresh.len(), Instant::now() + PATIENCE);
        }
        if fresh.is_empty() {
            break failed;
        }
        if Instant::now() > until {
            let late = fresh.into_iter().map(|(order, _)| (order, Some("no server has read it yet".to_owned())));
            break failed.into_iter().chain(late).collect();
        }
        sleep(LOOK).await;
    };
    for (order, message) in &left {
        let message = message.as_deref().unwrap_or_default();
        if desk.json {
            desk.line(&serde_json::json!({ "order": order, "message": message }))?;
        } else {
            writeln!(desk.out, "{}: not read: {}", text::clean(order), text::clean(message))?;
        }
    }
    let read = orders.len() - left.len();
    if desk.json {
        desk.line(
            &serde_json::json!({ "result": "done", "read": read, "failed": left.len(), "at": time(Utc::now()) }),
        )?;
    } else {
        writeln!(desk.out, "{read} of {} orders read", orders.len())?;
    }
    Ok(if left.is_empty() { End::Done } else { End::Failed })
}
