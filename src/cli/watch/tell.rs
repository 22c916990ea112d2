//! What is told to others about stuck orders: a merchant, and the next shift.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::Desk;
use super::super::json::{AmountLine, time};
use crate::desk::stuck;
use crate::exit::{CliError, End};
use crate::records::{Language, OrderRecord, Plan, Request, Zone};
use crate::stuck::alarm::Standing;
use crate::stuck::band::{Band, clock};
use crate::stuck::grid::{Cell, Moments};
use crate::stuck::shift::Differs;
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
    next: Vec<NextLine>,
    unconfirmed: i64,
    drift: Vec<DriftLine>,
    open_requests: Vec<OpenLine>,
    requests: Vec<RequestLine>,
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
    money: Vec<AmountLine>,
}

/// An order with little time left.
#[derive(Serialize)]
struct NextLine {
    order: String,
    provider: &'static str,
    merchant: Option<String>,
    #[serde(flatten)]
    amount: AmountLine,
    expires_at: Option<String>,
}

#[derive(Serialize)]
struct DriftLine {
    order: String,
    provider: &'static str,
    class: &'static str,
    since: String,
    next: String,
}

#[derive(Serialize)]
struct OpenLine {
    account: String,
    requests: i64,
}

/// A request that waits for a person.
#[derive(Serialize)]
struct RequestLine {
    request: i64,
    order: String,
    provider: &'static str,
    action: &'static str,
    state: &'static str,
    by: String,
    asked_at: String,
}

#[derive(Serialize)]
struct TickLine {
    order: String,
    step: String,
    by: String,
    at: String,
}

fn alert(it: Standing, now: DateTime<Utc>) -> AlertLine {
    AlertLine {
        acknowledged_until: it.until.filter(|_| it.is_quiet(now)).map(time),
        alert: it.alert,
        severity: it.severity.name(),
        since: time(it.since),
        said: it.said,
        by: it.recorder,
        reason: it.reason,
    }
}

fn plan(it: Plan) -> PlanLine {
    PlanLine {
        plan: it.number,
        title: it.title,
        state: it.what.map(|what| what.name()),
        orders: it.orders,
        accepted: it.accepted,
        refused: it.refused,
        by: it.made_by,
    }
}

impl ShiftLine {
    fn of(shift: shift::Shift) -> Self {
        let now = shift.at;
        let band = |(band, cell): (&Band, &Cell)| BandLine {
            band: band.name(),
            orders: cell.orders,
            money: cell.amounts.iter().map(AmountLine::of).collect(),
        };
        let next = |stored: OrderRecord| NextLine {
            provider: stored.order.provider().name(),
            amount: AmountLine::money(stored.order.amount),
            expires_at: clock(&stored.order).map(|(_, due)| time(due)),
            order: stored.order.key.id,
            merchant: stored.merchant,
        };
        let differs = |it: Differs| DriftLine {
            provider: it.order.provider.name(),
            order: it.order.id,
            class: it.class.name(),
            since: time(it.since),
            next: it.next,
        };
        let request = |it: Request| RequestLine {
            request: it.id,
            provider: it.order.provider.name(),
            order: it.order.id,
            action: it.action.name(),
            state: it.state.name(),
            by: it.asked_by,
            asked_at: time(it.created_at),
        };
        Self {
            at: time(now),
            bands: Band::VARIANTS.iter().zip(&shift.grid.all.cells).map(band).collect(),
            next: shift.next.into_iter().map(next).collect(),
            unconfirmed: shift.grid.all.unconfirmed,
            drift: shift.drift.into_iter().map(differs).collect(),
            open_requests: shift.open.into_iter().map(|(account, requests)| OpenLine { account, requests }).collect(),
            requests: shift.requests.into_iter().map(request).collect(),
            on_call: shift.on_call.into_iter().map(|it| OnCallLine { who: it.who, until: time(it.until) }).collect(),
            alerts: shift.alerts.into_iter().map(|it| alert(it, now)).collect(),
            plans: shift.plans.into_iter().map(plan).collect(),
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
