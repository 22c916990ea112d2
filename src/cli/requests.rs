//! `recourse requests`: what is asked of the providers.

use super::json::RequestLine;
use super::table::Table;
use super::{Desk, not_permitted, refused};
use crate::desk::providers::{self, Settled, Word};
use crate::exit::{CliError, End};
use crate::records::Request;
use crate::settings::ask::provider::{Requests, RequestsVerb};
use crate::store::StoreError;
use crate::store::constraints::explain;
use crate::store::requests::{self, Which};
use crate::text;

/// Lists requests, or says a person's word on one.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only; [`CliError::Missing`] if there is no such order or request;
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn requests(desk: &mut Desk<'_>, ask: &Requests) -> Result<End, CliError> {
    let (id, word, note) = match &ask.verb {
        None => return list(desk, ask).await,
        Some(RequestsVerb::Withdraw { id }) => (*id, Word::Withdraw, None),
        Some(RequestsVerb::Approve { id }) => (*id, Word::Approve, None),
        Some(RequestsVerb::Settle { id, done, not_done: _, note }) => {
            let word = done.as_deref().map(str::trim).map(str::to_owned).map_or(Word::ItWasNotDone, Word::ItWasDone);
            (*id, word, Some(note.as_str()))
        }
    };
    desk.writes()?;
    match providers::settle(&desk.store, desk.roles, id, &word, note).await {
        Ok(Settled::Done(request)) => told(desk, &request),
        Ok(Settled::Missing) => Err(CliError::Missing(format!("no request {id}"))),
        Ok(Settled::Elsewhere(request)) => {
            let message = format!("request {id} is {}", request.state.title());
            refused(desk, "state".to_owned(), message)
        }
        Ok(Settled::NotPermitted(why)) => not_permitted(desk, why),
        Ok(Settled::NoNote) => refused(desk, "note".to_owned(), "say how you know: --note TEXT".to_owned()),
        Ok(Settled::Refused(refusal)) => super::answer::refused(desk, &refusal),
        Err(StoreError::Refused { constraint, message }) => {
            let words = explain(&constraint, &message);
            refused(desk, constraint, words)
        }
        Err(error) => Err(error.into()),
    }
}

fn told(desk: &mut Desk<'_>, request: &Request) -> Result<End, CliError> {
    if desk.json {
        desk.line(&serde_json::json!({ "result": "done", "request": RequestLine::of(request) }))?;
    } else {
        let order = text::clean(&request.order.id);
        writeln!(desk.out, "Request {}: {order} {}, {}.", request.id, request.words(), request.state.title())?;
    }
    Ok(End::Done)
}

async fn list(desk: &mut Desk<'_>, ask: &Requests) -> Result<End, CliError> {
    let order = match &ask.order {
        Some(name) => Some(desk.find(name).await?.to_string()),
        None => None,
    };
    let which = Which { id: None, order, state: ask.state, before: ask.before };
    let found = requests::list(&desk.store.pool, &which, i64::from(ask.limit)).await?;
    let mut table =
        Table::new(&["id", "order", "asks for", "state", "asked by", "asked", "reference", "message"], &[0]);
    for request in &found {
        if desk.json {
            desk.line(&RequestLine::of(request))?;
        } else {
            table.row([
                request.id.to_string(),
                request.order.id.clone(),
                request.words(),
                request.state.title().to_owned(),
                request.asked_by.clone(),
                desk.shown(request.created_at),
                request.reference.clone().unwrap_or_default(),
                request.message.clone().unwrap_or_default(),
            ]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}
