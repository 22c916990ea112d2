//! `recourse inbox`: what concerns a person.

use serde::Serialize;

use super::Desk;
use super::json::time;
use super::table::Table;
use crate::domain::OrderKey;
use crate::exit::{CliError, End};
use crate::records::InboxItem;
use crate::settings::ask::{Inbox as Ask, InboxVerb};
use crate::store::inbox;

/// How far unread items are counted.
const COUNTED: i64 = 100_000;

#[derive(Serialize)]
struct ItemLine {
    id: i64,
    at: String,
    what: &'static str,
    /// `provider:id` of the order, if it is about a case or a request.
    order: Option<String>,
    case: Option<i32>,
    plan: Option<i64>,
    request: Option<i64>,
    /// None if it happened automatically.
    by: Option<String>,
    words: Option<String>,
    read: bool,
}

#[derive(Serialize)]
struct UnreadLine {
    unread: i64,
}

/// Lists what concerns this person, counts it, or marks it as read.
///
/// # Errors
///
/// [`CliError::Usage`] if nothing can be marked because the store is read-only; [`CliError::Missing`] if an item is not in
/// this person's inbox; [`CliError::Store`] if the database
/// fails; [`CliError::Io`] if the output cannot be written.
pub async fn inbox(desk: &mut Desk<'_>, ask: &Ask) -> Result<End, CliError> {
    match &ask.verb {
        Some(InboxVerb::Read { ids, all }) => {
            desk.writes()?;
            let known = inbox::known(&desk.store, ids).await?;
            if let Some(id) = ids.iter().find(|id| !known.contains(id)) {
                return Err(CliError::Missing(format!("no item {id} in your inbox: recourse inbox --all lists them")));
            }
            inbox::mark_read(&desk.store, (!all).then_some(ids)).await?;
            count(desk).await
        }
        None if ask.count => count(desk).await,
        None => list(desk, ask).await,
    }
}

async fn count(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let unread = inbox::unread(&desk.store.pool, &desk.store.person, COUNTED).await?;
    if desk.json {
        desk.line(&UnreadLine { unread })?;
    } else {
        writeln!(desk.out, "{unread} not read")?;
    }
    Ok(End::Done)
}

async fn list(desk: &mut Desk<'_>, ask: &Ask) -> Result<End, CliError> {
    let items = inbox::of(&desk.store.pool, &desk.store.person, ask.all, ask.after, ask.limit.into()).await?;
    if desk.json {
        items.iter().try_for_each(|item| desk.line(&line(item)))?;
        return Ok(End::Done);
    }
    if items.is_empty() {
        writeln!(desk.out, "Nothing new concerns you.")?;
        return Ok(End::Done);
    }
    let zone = super::case::zone(desk).await?;
    let mut table = Table::new(&["id", "when", "what", "about", "by", "words"], &[0]);
    for item in items {
        let by = if item.recorder.is_empty() { "automatic" } else { &item.recorder };
        table.row([
            item.id.to_string(),
            zone.long(item.at),
            item.what.to_string(),
            about(&item),
            by.to_owned(),
            item.words.clone().unwrap_or_default(),
        ]);
    }
    table.write(desk.out)?;
    Ok(End::Done)
}

/// The order or the plan that an item is about, as other commands take it.
fn about(item: &InboxItem) -> String {
    match (&item.order_id, item.plan) {
        (Some(order), _) => OrderKey::parse(order).map_or_else(|| order.clone(), |key| key.id),
        (None, Some(plan)) => format!("plan {plan}"),
        (None, None) => String::new(),
    }
}

fn line(item: &InboxItem) -> ItemLine {
    ItemLine {
        id: item.id,
        at: time(item.at),
        what: item.what.name(),
        order: item.order_id.clone(),
        case: item.number,
        plan: item.plan,
        request: item.request,
        by: (!item.recorder.is_empty()).then(|| item.recorder.clone()),
        words: item.words.clone(),
        read: item.read_at.is_some(),
    }
}
