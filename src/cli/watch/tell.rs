//! What is told to others about stuck orders: a merchant, and the next shift.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::Desk;
use super::super::json::time;
use crate::desk::stuck;
use crate::exit::{CliError, End};
use crate::records::{Language, Zone};
use crate::stuck::band::Band;
use crate::stuck::grid::Moments;
use crate::stuck::{shift, tell};
use crate::text;
use strum::VariantArray;

/// Prints a message for a merchant about its orders, or the table of them.
///
/// # Errors
///
/// [`CliError::Missing`] if the merchant has no such order; [`CliError::Store`] if the database fails; [`CliError::Io`] if the output
/// cannot be written.
pub async fn message(
    desk: &mut Desk<'_>,
    automatic: &[String],
    merchant: &str,
    (language, csv): (Language, bool),
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    let orders = stuck::of_merchant(&desk.store, merchant, automatic, now).await?;
    if orders.is_empty() {
        return Err(CliError::Missing(format!("{} has no order at Approved", text::clean(merchant))));
    }
    if csv {
        desk.out.write_all(&stuck::table(&orders, language))?;
        return Ok(End::Done);
    }
    let zone = tell::zone_of(&orders);
    let lines = tell::message(merchant, &orders, language, zone, now);
    if desk.json {
        let line = serde_json::json!({
            "merchant": merchant, "language": language, "zone": zone.to_string(), "orders": orders.len(), "text": lines.join("\n"),
        });
        desk.line(&line)?;
    } else {
        writeln!(desk.out, "{}", lines.join("\n"))?;
    }
    Ok(End::Done)
}

#[derive(Serialize)]
struct ShiftLine {
    at: String,
    on_call: Vec<OnCallLine>,
    alerts: Vec<AlertLine>,
    plans: Vec<PlanLine>,
    bands: Vec<BandLine>,
    ticked: Vec<TickLine>,
}

#[derive(Serialize)]
struct OnCallLine {
    who: String,
    until: String,
}

#[derive(Serialize)]
struct AlertLine {
    alert: String,
    severity: &'static str,
    since: String,
    said: String,
    acknowledged_until: Option<String>,
    by: String,
    reason: Option<String>,
}

#[derive(Serialize)]
struct PlanLine {
    plan: i64,
    title: String,
    state: Option<&'static str>,
    orders: i64,
    accepted: i64,
    refused: i64,
    by: String,
}

#[derive(Serialize)]
struct BandLine {
    band: &'static str,
    orders: i64,
}

#[derive(Serialize)]
struct TickLine {
    order: String,
    step: String,
    by: String,
    at: String,
}

impl ShiftLine {
    fn of(shift: shift::Shift) -> Self {
        let now = shift.at;
        let band = |(at, band): (usize, &Band)| BandLine {
            band: band.name(),
            orders: shift.grid.rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.orders).sum(),
        };
        Self {
            at: time(now),
            bands: Band::VARIANTS.iter().enumerate().map(band).collect(),
            on_call: shift.on_call.into_iter().map(|it| OnCallLine { who: it.who, until: time(it.until) }).collect(),
            alerts: shift
                .alerts
                .into_iter()
                .map(|it| AlertLine {
                    acknowledged_until: it.until.filter(|_| it.is_quiet(now)).map(time),
                    alert: it.alert,
                    severity: it.severity.name(),
                    since: time(it.since),
                    said: it.said,
                    by: it.recorder,
                    reason: it.reason,
                })
                .collect(),
            plans: shift
                .plans
                .into_iter()
                .map(|it| PlanLine {
                    plan: it.number,
                    title: it.title,
                    state: it.what.map(|what| what.name()),
                    orders: it.orders,
                    accepted: it.accepted,
                    refused: it.refused,
                    by: it.made_by,
                })
                .collect(),
            ticked: shift
                .ticked
                .into_iter()
                .map(|it| TickLine { order: it.order_id, step: it.step, by: it.recorder, at: time(it.at) })
                .collect(),
        }
    }
}

/// Prints what the next shift has to know.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn hand_over(
    desk: &mut Desk<'_>,
    moments: &Moments,
    zone: Zone,
    now: DateTime<Utc>,
) -> Result<End, CliError> {
    let found = stuck::shift(&desk.store, moments, now).await?;
    if desk.json {
        desk.line(&ShiftLine::of(found))?;
        return Ok(End::Done);
    }
    for line in shift::lines(&found, zone) {
        writeln!(desk.out, "{line}")?;
    }
    Ok(End::Done)
}
