//! `recourse act` on an order whose merchant has an account that sends: asked of the provider, and waited for.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep};

use super::Desk;
use super::answer::{by_the_database, done, refused, tell};
use super::json::RequestLine;
use crate::desk::providers::{self, Wish};
use crate::desk::request::or_nothing;
use crate::desk::{Answer, Command};
use crate::domain::{Action, Order};
use crate::exit::{CliError, End};
use crate::records::{Account, Request, RequestState};
use crate::settings::ask::provider::Carried;
use crate::store::{StoreError, read, requests};
use crate::text;
use crate::wire::call::{Details, Shipping};

/// The pauses between two looks whether the answer is there: short at first, longer later.
const FIRST: Duration = Duration::from_millis(3);
const LONGEST: Duration = Duration::from_millis(250);

/// What only some actions need.
fn details(ask: &Carried) -> Details {
    let shipping = Shipping {
        company: ask.shipping_company.clone(),
        shipped_at: ask.shipped_at,
        tracking_number: ask.tracking_number.clone(),
        tracking_url: ask.tracking_url.clone(),
    };
    Details {
        comment: None,
        shipping: Some(shipping).filter(|it| *it != Shipping::default()),
        phone: ask.phone.clone(),
    }
}

/// What an action does not use is refused: who says it expects that it is sent.
fn unused(ask: &Carried, action: Action) -> Result<(), CliError> {
    let of = [
        ("--shipping-company", ask.shipping_company.is_some(), Action::Capture),
        ("--shipped-at", ask.shipped_at.is_some(), Action::Capture),
        ("--tracking-number", ask.tracking_number.is_some(), Action::Capture),
        ("--tracking-url", ask.tracking_url.is_some(), Action::Capture),
        ("--phone", ask.phone.is_some(), Action::Deliver),
    ];
    match of.into_iter().find(|(_, given, used)| *given && *used != action) {
        Some((flag, _, used)) => {
            Err(CliError::Usage(format!("{flag} is for {}, not for {}", used.name(), action.name())))
        }
        None => Ok(()),
    }
}

/// Asks for a command at its provider, and waits for the answer.
///
/// # Errors
///
/// [`CliError::Usage`] if an option is not for this action; [`CliError::Store`] if the database fails; [`CliError::Missing`] if there is no such order; [`CliError::Io`] if the output cannot be
/// written.
pub async fn carry(
    desk: &mut Desk<'_>,
    order: &Order,
    (command, account): (&Command, &Account),
    ask: &Carried,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    unused(ask, command.action)?;
    let wish = Wish { details: details(ask), ..Wish::new(command.clone()) };
    let asked = providers::wish_surely(&desk.store, desk.roles, &wish, account, now).await;
    let answer = match asked {
        Err(StoreError::Refused { constraint, message }) => {
            return by_the_database(desk, &constraint, &message);
        }
        other => or_nothing(other?)?,
    };
    match answer {
        Answer::Pending(request) => {
            desk.elsewhere.set(true);
            let request = waited(desk, *request, ask.wait).await?;
            ended(desk, order, &request).await
        }
        Answer::Asking(request) => because(desk, "asking", &providers::asking(&request), Some(&request)),
        Answer::Incomplete(missing) => because(desk, "incomplete", &missing, None),
        Answer::Refused(refusal) => refused(desk, &refusal),
        other => tell(desk, order, other),
    }
}

/// The request when it has ended, or as it is when the time is over. What waits for approval is not waited for.
async fn waited(desk: &Desk<'_>, request: Request, wait: Duration) -> Result<Request, CliError> {
    let until = Instant::now() + wait;
    let (mut request, mut pause) = (request, FIRST);
    while request.state.is_open() && request.state != RequestState::ToApprove && Instant::now() < until {
        sleep(pause.min(until.saturating_duration_since(Instant::now()))).await;
        pause = (pause * 3 / 2).min(LONGEST);
        if let Some(now) = requests::one(&desk.store.pool, request.id).await? {
            request = now;
        }
    }
    Ok(request)
}

async fn ended(desk: &mut Desk<'_>, order: &Order, request: &Request) -> Result<End, CliError> {
    match request.state {
        RequestState::Done => {
            let mut connection = desk.store.pool.acquire().await.map_err(StoreError::from)?;
            let entry = match request.seq {
                Some(seq) => read::entry(&mut connection, &order.key, seq).await?,
                None => None,
            };
            drop(connection);
            let entry = entry.ok_or_else(|| CliError::Missing("what was recorded cannot be read".to_owned()))?;
            done(desk, order, &entry)
        }
        RequestState::Refused => because(desk, "provider", &said(request), Some(request)),
        RequestState::NotDone => because(desk, "not_done", &said(request), Some(request)),
        RequestState::Withdrawn => because(desk, "withdrawn", "it was withdrawn before it was sent", Some(request)),
        RequestState::ToApprove | RequestState::Queued | RequestState::Sending | RequestState::Unknown => {
            if desk.json {
                desk.line(&serde_json::json!({ "result": "pending", "request": RequestLine::of(request) }))?;
            } else {
                writeln!(desk.out, "pending: {} (recourse requests)", providers::asking(request))?;
            }
            Ok(End::Pending)
        }
    }
}

fn said(request: &Request) -> String {
    request.message.clone().unwrap_or_else(|| request.state.title().to_owned())
}

/// Prints why it was not done.
fn because(desk: &mut Desk<'_>, why: &str, message: &str, request: Option<&Request>) -> Result<End, CliError> {
    if desk.json {
        let request = request.map(RequestLine::of);
        desk.line(&serde_json::json!({ "result": "refused", "why": why, "message": message, "needs": [], "request": request }))?;
    } else {
        writeln!(desk.out, "refused: {}", text::clean(message))?;
    }
    Ok(End::Refused)
}
