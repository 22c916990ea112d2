//! `recourse stuck`: orders at Approved, why they are stuck, and the alerts.

mod alerts;
mod stuck;
mod tell;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::Desk;
use super::json::{AmountLine, time};
use super::table::Table;
use crate::exit::{CliError, End};
use crate::settings::Settings;
use crate::settings::ask::work::{Watch, WatchVerb};
use crate::store::watch;
use crate::stuck::band::Band;
use crate::stuck::grid::{Cell, Moments, Row};
use crate::text;
use strum::VariantArray;

/// How many events of alerts are shown, if no other limit is given.
const EVENTS: u64 = 100;

/// The maximum width of a merchant's name, in columns.
const NAME: usize = 40;

/// Lists stuck orders, explains one, or checks the alerts.
///
/// # Errors
///
/// [`CliError::Usage`] if flags contradict each other or the store is read-only and the command writes;
/// [`CliError::Missing`] if there is no such order or alert; [`CliError::Store`] if the database fails, or
/// [`CliError::NotKnown`] with `--once`.
pub async fn watch(desk: &mut Desk<'_>, settings: &Settings, ask: &Watch) -> Result<End, CliError> {
    if ask.verb.is_some() && (ask.once || ask.follow) {
        return Err(CliError::Usage(
            "--once and --follow check the alerts: use them without another command".to_owned(),
        ));
    }
    let now = ask.at.unwrap_or_else(Utc::now);
    let automatic = settings.args.work.automatic();
    let offset = settings.args.zone.unwrap_or_default().offset(now);
    match &ask.verb {
        None if ask.once => alerts::once(desk, &settings.rules(), ask.merchant.as_deref(), now).await,
        None if ask.follow => alerts::follow(desk, settings).await,
        None => stuck::list(desk, &automatic, ask, (now, offset)).await,
        Some(WatchVerb::Grid) => grid(desk, ask.merchant.as_deref(), (now, offset)).await,
        Some(WatchVerb::Flow { hours }) => flow(desk, now, *hours, ask.merchant.as_deref()).await,
        Some(WatchVerb::Why { order }) => stuck::explain(desk, &automatic, order, now).await,
        Some(WatchVerb::Tick { order, step, undo }) => stuck::tick(desk, &automatic, order, (step, !undo), now).await,
        Some(WatchVerb::Alerts { history: true, .. }) if ask.merchant.is_some() => {
            Err(CliError::Usage("--history is by alert: use --of ALERT instead of --merchant".to_owned()))
        }
        Some(WatchVerb::Alerts { history: true, of, .. }) => {
            alerts::history(desk, of.as_deref(), ask.limit.unwrap_or(EVENTS), now).await
        }
        Some(WatchVerb::Alerts { acknowledged, .. }) => {
            let which = (*acknowledged, ask.merchant.as_deref(), ask.limit);
            alerts::list(desk, &settings.rules(), which, now).await
        }
        Some(WatchVerb::Message { name, language, csv }) => {
            tell::message(desk, &automatic, name, (*language, *csv), now).await
        }
        Some(WatchVerb::HandOver) => {
            let zone = settings.args.zone.unwrap_or_default();
            tell::hand_over(desk, &Moments::new(now, offset), zone, now).await
        }
        Some(WatchVerb::Forget { alert }) => alerts::forget(desk, &settings.rules(), alert, now).await,
        Some(WatchVerb::Ack { alert, reason, length }) => {
            let until = now + TimeDelta::from_std(*length).unwrap_or(TimeDelta::MAX);
            alerts::acknowledge(desk, &settings.rules(), (alert, reason), until, now).await
        }
    }
}

#[derive(Serialize)]
struct GridLine {
    /// `None` for orders without a merchant, and in the last line.
    merchant: Option<String>,
    /// The last line: all merchants together.
    total: bool,
    orders: i64,
    amounts: Vec<AmountLine>,
    bands: Vec<BandLine>,
    drift: i64,
    /// At other statuses than Approved.
    presumed_expired: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_today: Option<i64>,
}

#[derive(Serialize)]
struct BandLine {
    band: &'static str,
    orders: i64,
    amounts: Vec<AmountLine>,
}

fn amounts(cell: &Cell) -> Vec<AmountLine> {
    cell.amounts.iter().map(AmountLine::of).collect()
}

fn line(row: &Row, total: bool, expires_today: Option<i64>) -> GridLine {
    let band =
        |(band, cell): (&Band, &Cell)| BandLine { band: band.name(), orders: cell.orders, amounts: amounts(cell) };
    GridLine {
        merchant: Some(row.merchant.clone()).filter(|name| !name.is_empty()),
        total,
        orders: row.whole.orders,
        amounts: amounts(&row.whole),
        bands: Band::VARIANTS.iter().zip(&row.cells).map(band).collect(),
        drift: row.drift,
        presumed_expired: row.expired,
        expires_today,
    }
}

async fn grid(
    desk: &mut Desk<'_>,
    merchant: Option<&str>,
    (now, offset): (DateTime<Utc>, TimeDelta),
) -> Result<End, CliError> {
    let mut grid = watch::grid(&desk.store.pool, &Moments::new(now, offset)).await?;
    grid.rows.retain(|row| merchant.is_none_or(|name| row.merchant == name));
    if desk.json {
        for row in &grid.rows {
            desk.line(&line(row, false, None))?;
        }
        if merchant.is_none() {
            desk.line(&line(&grid.all, true, Some(grid.today.orders)))?;
        }
        return Ok(End::Done);
    }
    let headings: Vec<&str> = ["merchant"].into_iter().chain(Band::VARIANTS.iter().map(|band| band.title())).collect();
    let headings: Vec<&str> = headings.into_iter().chain(["all", "drift", "past deadline", "at risk"]).collect();
    let mut table = Table::new(&headings, &[1, 2, 3, 4, 5, 6, 7, 8]);
    let mut put = |name: &str, row: &Row| {
        let cells = row.cells.iter().chain([&row.whole]).map(|cell| text::grouped(cell.orders));
        let cells = cells.chain([text::grouped(row.drift), text::grouped(row.expired)]);
        let money: Vec<String> = row.whole.amounts.iter().map(ToString::to_string).collect();
        table.row([name.to_owned()].into_iter().chain(cells).chain([money.join(" · ")]));
    };
    grid.rows.iter().for_each(|row| {
        put(&if row.merchant.is_empty() { "(none)".to_owned() } else { text::cut(&row.merchant, NAME) }, row)
    });
    if merchant.is_none() {
        put("all merchants", &grid.all);
    }
    table.write(desk.out)?;
    if merchant.is_none() {
        writeln!(desk.out, "{} expire today", text::grouped(grid.today.orders))?;
    }
    Ok(End::Done)
}

#[derive(Serialize)]
struct HourLine {
    hour: String,
    arrived: i64,
    cleared: i64,
    lost: i64,
}

async fn flow(desk: &mut Desk<'_>, now: DateTime<Utc>, hours: u32, merchant: Option<&str>) -> Result<End, CliError> {
    let flow = watch::flow(&desk.store.pool, now, hours, merchant).await?;
    let mut table = Table::new(&["hour", "new", "fixed", "expired"], &[1, 2, 3]);
    for hour in flow {
        if desk.json {
            desk.line(&HourLine {
                hour: time(hour.at),
                arrived: hour.arrived,
                cleared: hour.cleared,
                lost: hour.lost,
            })?;
        } else {
            table.row([desk.shown(hour.at), hour.arrived.to_string(), hour.cleared.to_string(), hour.lost.to_string()]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}
