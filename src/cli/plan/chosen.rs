//! Which orders a plan takes, and what it does with each.

use std::collections::HashSet;

use chrono::Utc;

use crate::cli::Desk;
use crate::domain::{Action, Money};
use crate::exit::CliError;
use crate::query::{self, Cursor, Sieve, Sort, Term, Test};
use crate::records::{OrderRecord, PlannedAction};
use crate::settings::ask::work::{PlanMake, Then};
use crate::store::page::{self, Of};
use crate::store::read;
use crate::stuck::STUCK;
use crate::text;
use crate::work::plan::MOST;

/// The orders of a plan, with the action for each.
pub async fn chosen(
    desk: &Desk<'_>,
    automatic: &[String],
    ask: &PlanMake,
) -> Result<Vec<(OrderRecord, PlannedAction)>, CliError> {
    let follow = ask.then.unwrap_or(Then::Nothing).action();
    if follow.is_none() && ask.amount.is_some() {
        return Err(CliError::Usage("--amount needs --then capture or --then cancel".to_owned()));
    }
    let mut chosen = match &ask.query {
        Some(text) => matching(desk, automatic, ask, text).await?,
        None => Vec::new(),
    };
    for word in &ask.orders {
        let named = named(desk, ask, word).await?;
        // If an order is named twice, the last one counts.
        chosen.retain(|(known, _)| known.order.key != named.0.order.key);
        chosen.push(named);
    }
    let mut seen = HashSet::new();
    chosen.retain(|(stored, _)| seen.insert(stored.order.key.clone()));
    if let Some((stored, _)) = chosen.iter().find(|(stored, _)| stored.order.provider() != STUCK.provider()) {
        let (key, own) = (&stored.order.key, STUCK.provider().title());
        return Err(CliError::Usage(format!(
            "{}: a plan authorises orders of {own} only",
            text::clean(&key.to_string())
        )));
    }
    if chosen.len() > MOST {
        return Err(CliError::Usage(format!("a plan can have at most {MOST} orders")));
    }
    Ok(chosen)
}

/// The orders that a query finds: those at Approved, unless the query names a status or any status was asked for.
async fn matching(
    desk: &Desk<'_>,
    automatic: &[String],
    ask: &PlanMake,
    text: &str,
) -> Result<Vec<(OrderRecord, PlannedAction)>, CliError> {
    let query = query::parse(text).map_err(|fault| CliError::Usage(format!("--where:\n{}", fault.pointing(text))))?;
    // An empty word is in every order, too.
    let is_all = |term: &Term| matches!(&term.test, Test::Word(word) if word.trim().is_empty());
    if query.terms.iter().all(is_all) {
        return Err(CliError::Usage("--where matches every order: give a query".to_owned()));
    }
    let sieve = Sieve { automatic: automatic.to_vec(), ..query.sieve(&desk.store.person, Utc::now(), false) };
    let found = page::after(&desk.store.pool, Of::Sieve(&sieve), Sort::Age, &Cursor::start(), MOST as i64 + 1).await?;
    if found.len() > MOST {
        return Err(CliError::Usage(format!("more than {MOST} orders match: narrow the query")));
    }
    let all = ask.any_status || query.names_statuses();
    let follow = ask.then.unwrap_or(Then::Nothing).action();
    found
        .into_iter()
        .filter(|stored| all || stored.order.status == STUCK)
        .map(|stored| doing(&stored, follow, ask.amount.as_deref()).map(|doing| (stored, doing)))
        .collect()
}

/// An order as the command names it: `ID`, or `ID=ACTION` with an amount where it takes one.
async fn named(desk: &Desk<'_>, ask: &PlanMake, word: &str) -> Result<(OrderRecord, PlannedAction), CliError> {
    // An id may contain `=`: only a word of ours after the last `=` is not part of it.
    let is_said =
        |said: &str| ["nothing", "authorise", "capture", "cancel"].contains(&said.split(':').next().unwrap_or(""));
    let split = word.rsplit_once('=').filter(|(_, said)| is_said(said));
    let (name, said) = split.map_or((word, None), |(name, said)| (name, Some(said)));
    let key = desk.find(name).await?;
    let missing = || CliError::Missing(format!("no order {key}"));
    let stored = read::order(&desk.store.pool, &key).await?.ok_or_else(missing)?;
    let Some(said) = said else {
        let doing = doing(&stored, ask.then.unwrap_or(Then::Nothing).action(), ask.amount.as_deref())?;
        return Ok((stored, doing));
    };
    let (follow, amount) = said.split_once(':').map_or((said, None), |(follow, amount)| (follow, Some(amount)));
    let action = match follow {
        "nothing" | "authorise" => None,
        "capture" => Some(Action::Capture),
        "cancel" => Some(Action::Cancel),
        _ => {
            let words = "use ID=nothing, ID=capture, ID=capture:AMOUNT, ID=cancel or ID=cancel:AMOUNT";
            return Err(CliError::Usage(format!("{}: {words}", text::clean(word))));
        }
    };
    let doing = doing(&stored, action, amount)?;
    Ok((stored, doing))
}

fn doing(stored: &OrderRecord, follow: Option<Action>, amount: Option<&str>) -> Result<PlannedAction, CliError> {
    let (Some(action), Some(amount)) = (follow, amount) else { return Ok(PlannedAction::all(&stored.order, follow)) };
    let money =
        Money::typed(amount, stored.order.amount.currency).ok().filter(|money| money.minor > 0).ok_or_else(|| {
            let order = text::clean(&stored.order.key.id);
            CliError::Usage(format!(
                "{order}: {} is not an amount in {}",
                text::clean(amount),
                stored.order.amount.currency
            ))
        })?;
    Ok(PlannedAction { follow: Some((action, money)) })
}
