//! `recourse erase`: what a person left is erased, once the policy no longer keeps it.

use serde::Serialize;

use super::json::time;
use super::table::Table;
use super::{Desk, refused};
use crate::desk::team;
use crate::exit::{CliError, End};
use crate::settings::ask::work::Erase;
use crate::store::StoreError;
use crate::store::erasure::{self, Left, Whose};

#[derive(Serialize)]
struct KeptLine {
    kind: String,
    /// None while something of the order is open, and for ever.
    until: Option<String>,
}

#[derive(Serialize)]
struct OrderLine {
    order: String,
    party: String,
    erased: Vec<String>,
    kept: Vec<KeptLine>,
}

#[derive(Serialize)]
struct EndLine {
    result: &'static str,
    erased: usize,
    kept: usize,
}

/// Erases what a person left with orders, as far as the policy no longer keeps it, and prints what was erased and what is kept.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or the reason is empty; [`CliError::Missing`] if no order has this person;
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn erase(desk: &mut Desk<'_>, ask: &Erase) -> Result<End, CliError> {
    let why = ask.note.trim();
    if why.is_empty() {
        return Err(CliError::Usage("--note says why, and who asked for it".to_owned()));
    }
    if !ask.dry_run {
        desk.writes()?;
    }
    let order = match &ask.order {
        Some(name) => Some(desk.find(name).await?.to_string()),
        None => None,
    };
    let whose = match (&ask.who, ask.party, &order) {
        (None, Some(party), Some(order)) => Whose::Party(party, order),
        (who, ..) => Whose::Person(who.as_deref().unwrap_or_default(), order.as_deref()),
    };
    let left = erasure::left(&desk.store, whose).await?;
    if left.is_empty() {
        return Err(CliError::Missing(nothing_of(whose)));
    }
    let due: Vec<&Left> = left.iter().filter(|it| it.is_over).collect();
    if !ask.dry_run {
        match team::erase(&desk.store, &due, whose, why).await {
            Ok(()) => (),
            Err(StoreError::Refused { constraint, message }) => return refused(desk, constraint, message),
            Err(error) => return Err(error.into()),
        }
    }
    told(desk, &left, ask.dry_run)?;
    Ok(if due.is_empty() { End::Refused } else { End::Done })
}

fn nothing_of(whose: Whose<'_>) -> String {
    match whose {
        Whose::Party(party, order) => format!(
            "nothing that the {} left with {order} can be erased; what waits in quarantine can be once someone decided about it",
            party.name()
        ),
        Whose::Person(who, _) => format!(
            "no order has {:?} as the name or phone of a buyer or seller: write the whole name, as in the order, or, where the \
             name is erased already, --order ORDER --party buyer|seller",
            crate::text::clean(who)
        ),
    }
}

fn told(desk: &mut Desk<'_>, left: &[Left], dry_run: bool) -> Result<(), CliError> {
    let mut table = Table::new(&["order", "party", if dry_run { "would erase" } else { "erased" }, "kept"], &[]);
    for order in left.chunk_by(|one, other| (&one.order_id, &one.party) == (&other.order_id, &other.party)) {
        let erased: Vec<String> = order.iter().filter(|it| it.is_over).map(|it| it.kind.clone()).collect();
        let kept = order.iter().filter(|it| !it.is_over);
        let kept: Vec<KeptLine> =
            kept.map(|it| KeptLine { kind: it.kind.clone(), until: it.until.map(time) }).collect();
        let (name, party) = (order[0].order_id.clone(), order[0].party.clone());
        if desk.json {
            desk.line(&OrderLine { order: name, party, erased, kept })?;
        } else {
            let kept: Vec<String> = kept
                .iter()
                .map(|it| match &it.until {
                    Some(until) => format!("{} until {until}", it.kind),
                    None => format!("{}: the order is open, or they are kept for ever", it.kind),
                })
                .collect();
            table.row([name, party, erased.join(", "), kept.join("; ")]);
        }
    }
    let erased = left.iter().filter(|it| it.is_over).count();
    if desk.json {
        let result = match (erased, dry_run) {
            (0, _) => "kept",
            (_, true) => "would_erase",
            (_, false) => "erased",
        };
        return desk.line(&EndLine { result, erased, kept: left.len() - erased });
    }
    Ok(table.write(desk.out)?)
}
