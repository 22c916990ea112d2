//! `recourse act`.

use uuid::Uuid;

use super::answer::{by_the_database, tell};
use super::json::RefusedLine;
use super::{Desk, carry};
use crate::desk::command_line::quoted;
use crate::desk::request::or_nothing;
use crate::desk::{self, Answer, Command, providers};
use crate::domain::{Action, Actor, Fault, Money, MoneyError, Order, Parts, Refusal, Why};
use crate::exit::{CliError, End};
use crate::settings::args::{Act, For};
use crate::store::{StoreError, health, read};
use crate::text;

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
