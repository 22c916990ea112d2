//! How the answer to a command on an order is printed.

use serde::Serialize;

use super::Desk;
use super::json::{RefusedLine, TransitionLine, time};
use crate::desk::{self, Answer};
use crate::domain::{Money, Order, Refusal, Why, consequence};
use crate::exit::{CliError, End};
use crate::records::{OrderRecord, Transition};
use crate::store::constraints;
use crate::text;

#[derive(Serialize)]
struct DoneLine {
    result: &'static str,
    transition: TransitionLine,
}

#[derive(Serialize)]
struct WouldLine {
    result: &'static str,
    order: String,
    action: &'static str,
    actor: &'static str,
    from: &'static str,
    to: &'static str,
    amount: Option<String>,
    message: String,
}

#[derive(Serialize)]
struct ConflictLine {
    result: &'static str,
    message: String,
    order: String,
    status: &'static str,
    version: i32,
    moved_by: Option<String>,
    moved_at: Option<String>,
}

/// Prints the answer to a command.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order; [`CliError::Io`] if the output cannot be written.
pub fn tell(desk: &mut Desk<'_>, order: &Order, answer: Answer) -> Result<End, CliError> {
    match answer {
        Answer::Done(entry) => done(desk, order, &entry),
        Answer::Would(step) => {
            let message = consequence::of(&step);
            let line = WouldLine {
                result: "would",
                order: order.key.id.clone(),
                action: step.action().name(),
                actor: step.actor().name(),
                from: step.from().name(),
                to: step.order().status.name(),
                amount: step.amount().map(Money::digits),
                message,
            };
            if desk.json {
                desk.line(&line)?
            } else {
                writeln!(desk.out, "{}", line.message)?
            }
            Ok(End::Done)
        }
        Answer::Refused(refusal) => refused(desk, &refusal),
        Answer::Conflict(now, last) => conflict(desk, &now, last.as_deref()),
        // What is asked of a provider is told where it is asked.
        Answer::Pending(_) | Answer::Asking(_) | Answer::Incomplete(_) | Answer::Missing => {
            Err(CliError::Missing(format!("no order {}", order.key)))
        }
    }
}

/// Prints what was recorded.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn done(desk: &mut Desk<'_>, order: &Order, entry: &Transition) -> Result<End, CliError> {
    if desk.json {
        desk.line(&DoneLine { result: "done", transition: TransitionLine::of(order, entry) })?;
    } else {
        let to = entry.to.title();
        writeln!(desk.out, "{} {}: now {to}, version {}", text::clean(&order.key.id), entry.action_name(), entry.seq)?;
    }
    Ok(End::Done)
}

/// Prints what only the database refuses.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn by_the_database(desk: &mut Desk<'_>, constraint: &str, message: &str) -> Result<End, CliError> {
    if desk.json {
        desk.line(&serde_json::json!({ "result": "refused", "why": constraint, "message": message, "needs": [] }))?;
    } else {
        writeln!(desk.out, "refused: {}", text::clean(&constraints::explain(constraint, message)))?;
    }
    Ok(End::Refused)
}

/// Prints a refusal.
///
/// # Errors
///
/// [`CliError::Io`] if the output cannot be written.
pub fn refused(desk: &mut Desk<'_>, refusal: &Refusal) -> Result<End, CliError> {
    if desk.json {
        desk.line(&RefusedLine::of(refusal))?
    } else {
        let flag = if refusal.why() == Why::Amount { " (--amount AMOUNT)" } else { "" };
        writeln!(desk.out, "refused: {refusal}{flag}")?
    }
    Ok(End::Refused)
}

fn conflict(desk: &mut Desk<'_>, now: &OrderRecord, last: Option<&Transition>) -> Result<End, CliError> {
    let order = &now.order;
    let when = last.map(|entry| entry.recorded_at);
    let message = format!("{}: check the order and try again", desk::conflict_words(order, last));
    if desk.json {
        desk.line(&ConflictLine {
            result: "conflict",
            message,
            order: order.key.id.clone(),
            status: order.status.name(),
            version: order.version,
            moved_by: last.map(|entry| entry.recorder.clone()),
            moved_at: when.map(time),
        })?;
    } else {
        writeln!(desk.out, "conflict: {message}")?;
    }
    Ok(End::Conflict)
}
