//! `recourse act`.

use serde::Serialize;
use uuid::Uuid;

use super::json::{RefusedLine, TransitionLine, time};
use super::{Desk, carry};
use crate::desk::command_line::quoted;
use crate::desk::request::or_nothing;
use crate::desk::{self, Answer, Command, providers};
use crate::domain::{Action, Actor, Fault, Money, MoneyError, Order, Parts, Refusal, Why, consequence};
use crate::exit::{CliError, End};
use crate::records::{OrderRecord, Transition};
use crate::settings::args::{Act, For};
use crate::store::{StoreError, constraints, health, read};
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

/// Performs an action on an order, or prints why not.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or the command cannot be read; [`CliError::Missing`] if there is no
/// such order; [`CliError::Store`] if the database fails. A refusal by the law is not an error: it ends in
/// [`End::Refused`].
pub async fn act(desk: &mut Desk<'_>, ask: &Act) -> Result<End, CliError> {
    if !ask.dry_run {
        desk.writes()?;
    }
    let unknown = |_| CliError::Usage(format!("no action {:?}; see recourse law", text::clean(&ask.action)));
    let action: Action = ask.action.parse().map_err(unknown)?;
    let key = desk.find(&ask.order).await?;
    let stored =
        read::order(&desk.store.pool, &key).await?.ok_or_else(|| CliError::Missing(format!("no order {key}")))?;
    if let Some(error) = inexact(ask, &stored.order) {
        return not_exact(desk, &error);
    }
    let command = command(desk, ask, action, &stored.order)?;
    let now = health::now(&desk.store).await?;
    if !ask.dry_run
        && let Some(account) = providers::account_for(&desk.store, &key, action, command.actor).await?
    {
        return carry::carry(desk, &stored.order, (&command, &account), &ask.carried, now).await;
    }
    let answer = match desk::act_surely(&desk.store, desk.roles, &command, now, ask.dry_run).await {
        // Only the database knows whether a large decision was approved, or whether the money moved.
        Err(StoreError::Refused { constraint, message }) => return by_the_database(desk, &constraint, &message),
        other => or_nothing(other?)?,
    };
    match answer {
        Answer::Refused(refusal @ Refusal::Fact(_, Fault::ThroughCase)) => in_case(desk, &stored.order, ask, &refusal),
        answer => tell(desk, &stored.order, answer),
    }
}

/// Prints the command that does in the order's case what was asked for here.
fn in_case(desk: &mut Desk<'_>, order: &Order, ask: &Act, refusal: &Refusal) -> Result<End, CliError> {
    let shares = [("--to-seller", &ask.to_seller), ("--to-buyer", &ask.to_buyer)];
    let shares =
        shares.iter().filter_map(|(flag, share)| share.as_ref().map(|share| format!(" {flag} {}", quoted(share))));
    let reference = ask.reference.as_ref().map(|reference| format!(" --confirm {}", quoted(reference)));
    let id = quoted(&order.key.id);
    let shares: Vec<String> = shares.collect();
    // One share leaves the other party the rest.
    let share = shares.first().cloned().unwrap_or_else(|| " --to-seller SHARE".to_owned());
    // The refusal ends with the name of the command.
    let rest = match ask.action.parse() {
        Ok(Action::Settle) => format!("{id}{share} --reason CODE --rationale TEXT"),
        _ => format!("{id}{}", reference.unwrap_or_else(|| " --confirm REFERENCE".to_owned())),
    };
    let message = format!("{refusal} {rest}");
    if desk.json {
        desk.line(&RefusedLine::saying(refusal, message))?;
    } else {
        writeln!(desk.out, "refused: {}", text::clean(&message))?;
    }
    Ok(End::Refused)
}

/// Finds an amount that no order in this currency can have: a number with too many digits.
fn inexact(ask: &Act, order: &Order) -> Option<MoneyError> {
    let given = [&ask.amount, &ask.to_seller, &ask.to_buyer].into_iter().flatten();
    let mut errors = given.filter_map(|digits| Money::typed(digits, order.amount.currency).err());
    errors.find(|error| matches!(error, MoneyError::TooPrecise(_) | MoneyError::TooLarge))
}

fn not_exact(desk: &mut Desk<'_>, error: &MoneyError) -> Result<End, CliError> {
    if desk.json {
        desk.line(&RefusedLine::because(Why::Amount, error.to_string()))?
    } else {
        writeln!(desk.out, "refused: {error}")?
    }
    Ok(End::Refused)
}

fn command(desk: &Desk<'_>, ask: &Act, action: Action, order: &Order) -> Result<Command, CliError> {
    let actor = match ask.party {
        Some(For::Buyer) => Actor::Buyer,
        Some(For::Seller) => Actor::Seller,
        Some(For::Courier) => Actor::Courier,
        Some(For::Provider) => Actor::Provider,
        None => match desk::actor_of(order.provider(), action, desk.roles) {
            Ok(actor) => actor,
            // If this action never leaves this status, the actor does not matter: the law gives its reason.
            Err(several) if !order.status.rules().iter().any(|rule| rule.action == action) => several[0],
            Err(several) => {
                let names: Vec<String> = several.iter().map(|actor| format!("--for {}", actor.name())).collect();
                return Err(CliError::Usage(format!("{}: add {}", action.title(), names.join(" or "))));
            }
        },
    };
    let read = |digits: &str, read: Result<Money, MoneyError>| {
        read.map_err(|error| CliError::Usage(format!("{}: {error}", text::clean(digits))))
    };
    let money = |digits: &String| read(digits, Money::typed(digits, order.amount.currency));
    let seller = |text: &String| read(text, Parts::read_to_seller(text, order.amount)).map(|money| money.minor);
    let buyer = |text: &String| read(text, Parts::read_to_buyer(text, order.amount)).map(|money| money.minor);
    let held = order.amount.minor;
    // One part leaves the other the rest. The law refuses a part of more than is held.
    let parts = match (ask.to_seller.as_ref().map(seller).transpose()?, ask.to_buyer.as_ref().map(buyer).transpose()?) {
        (Some(to_seller), Some(to_buyer)) => Some(Parts { to_seller, to_buyer }),
        (Some(to_seller), None) => Some(Parts { to_seller, to_buyer: (held - to_seller).max(0) }),
        (None, Some(to_buyer)) => Some(Parts { to_seller: (held - to_buyer).max(0), to_buyer }),
        (None, None) => None,
    };
    Ok(Command {
        order: order.key.clone(),
        action,
        actor,
        amount: ask.amount.as_ref().map(money).transpose()?,
        parts,
        note: ask.note.clone(),
        reference: ask.reference.clone(),
        reason: ask.reason.clone(),
        expect: ask.expect,
        request: ask.request_id.unwrap_or_else(Uuid::new_v4),
    })
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
        writeln!(desk.out, "refused: {refusal}")?
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
