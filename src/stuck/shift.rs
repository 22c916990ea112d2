//! What the next shift has to know: open alerts, acknowledgements that end, plans that are half done, what expires before when, what the
//! provider has not confirmed or shows otherwise, requests that wait, and the steps that were ticked lately.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cases::duty::OnCall;
use crate::domain::{OrderKey, Total};
use crate::records::{DriftClass, OrderRecord, Plan, Request, Ticked, Zone};
use crate::stuck::alarm::Standing;
use crate::stuck::band::{Band, clock};
use crate::stuck::grid::{Cell, Grid, Row};
use crate::text;
use strum::VariantArray;

/// How long a shift is: ticks within it are told.
pub const SHIFT: TimeDelta = TimeDelta::hours(8);

/// Everything that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The alerts that are open.
    pub alerts: Vec<Standing>,
    /// Plans that have not ended.
    pub plans: Vec<Plan>,
    /// Orders at Approved by the time they have left.
    pub grid: Grid,
    /// Those of them with the least time left.
    pub next: Vec<OrderRecord>,
    /// Orders that differ from what their provider shows, those that differ longest first; not all, if there are many.
    pub drift: Vec<Differs>,
    /// Requests that wait for a person: for an approval, or because no one knows whether they were done.
    pub requests: Vec<Request>,
    /// How many requests of each account have not ended.
    pub open: Vec<(String, i64)>,
    /// Steps ticked in the last shift.
    pub ticked: Vec<Ticked>,
    /// Who is on call now.
    pub on_call: Vec<OnCall>,
}

/// An order that differs from what its provider shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The order.
    pub order: OrderKey,
    /// How it differs.
    pub class: DriftClass,
    /// Since when.
    pub since: DateTime<Utc>,
    /// What a person can do about it, in words.
    pub next: String,
}

/// Lines with a heading that says how many there are.
struct Part {
    title: &'static str,
    count: i64,
    lines: Vec<String>,
}

impl Part {
    fn of(title: &'static str, lines: Vec<String>) -> Self {
        Self { title, count: lines.len() as i64, lines }
    }
}

/// The hand-over as lines for people. All times are in this zone, which the first line names.
pub fn lines(shift: &Shift, zone: Zone) -> Vec<String> {
    let now = shift.at;
    let mut lines = vec![format!("Hand-over, {}", zone.long(now)), String::new()];
    let on_call = |it: &OnCall| format!("{} until {}", text::clean(&it.who), zone.minute(it.until, now));
    let on_call: Vec<String> = shift.on_call.iter().map(on_call).collect();
    lines.push(match on_call.is_empty() {
        true => "On call: no one is named in the policy".to_owned(),
        false => format!("On call: {}", on_call.join(", ")),
    });
    for Part { title, count, lines: found } in parts(shift, zone) {
        lines.extend([String::new(), format!("{title}: {}", text::grouped(count))]);
        lines.extend(found.into_iter().map(|line| format!("  {}", text::clean(&line))));
    }
    lines
}

fn parts(shift: &Shift, zone: Zone) -> Vec<Part> {
    let now = shift.at;
    let time = |at: DateTime<Utc>| zone.minute(at, now);
    let mut alerts: Vec<&Standing> = shift.alerts.iter().collect();
    alerts.sort_by_key(|it| (std::cmp::Reverse(it.severity), it.since));
    let (quiet, open): (Vec<&Standing>, Vec<&Standing>) = alerts.into_iter().partition(|it| it.is_quiet(now));
    let fired = |it: &Standing| format!("{}  {} since {}: {}", it.severity.name(), it.alert, time(it.since), it.said);
    let ends = |it: &Standing| {
        let until = it.until.map_or_else(String::new, time);
        let why = it.reason.as_deref().unwrap_or("no reason");
        format!("{}  {} until {until}, by {}: {why}", it.severity.name(), it.alert, it.recorder)
    };
    let plan = |it: &Plan| {
        let done = it.accepted + it.refused + it.changed + it.unknown;
        let state = it.what.map_or("waits", |what| what.title());
        format!("plan {} ({}): {state}, {done} of {} orders, made by {}", it.number, it.title, it.orders, it.made_by)
    };
    let step = |it: &Ticked| {
        let id = it.order_id.split_once(':').map_or(it.order_id.as_str(), |(_, id)| id);
        format!("{} {id}: {}, by {}", time(it.at), it.step.replace('_', " "), it.recorder)
    };
    vec![
        Part::of("Open alerts", open.into_iter().map(fired).collect()),
        Part::of("Acknowledged, and when that ends", quiet.into_iter().map(ends).collect()),
        at_approved(shift, zone),
        unconfirmed(shift),
        differing(shift, zone),
        waiting(shift, zone),
        Part::of("Plans that have not ended", shift.plans.iter().map(plan).collect()),
        Part::of("Steps ticked in the last 8 hours", shift.ticked.iter().map(step).collect()),
    ]
}

/// The orders at Approved by band with their money, and those with the least time left.
fn at_approved(shift: &Shift, zone: Zone) -> Part {
    let mut lines = Vec::new();
    let bands = Band::VARIANTS.iter().zip(&shift.grid.all.cells).rev().filter(|(_, cell)| cell.orders > 0);
    for (band, cell) in bands {
        let gone = match band {
            Band::Over => "past their deadline".to_owned(),
            Band::Fresh | Band::Half | Band::Late | Band::Last => format!("{} of their time gone", band.title()),
        };
        lines.push(format!("{gone}: {}", worth(cell)));
    }
    if !shift.next.is_empty() {
        lines.push("The least time left:".to_owned());
    }
    for stored in &shift.next {
        let due = clock(&stored.order).map(|(_, due)| due);
        let left = due.map_or_else(String::new, |due| match due > shift.at {
            true => format!("expires {} (in {})", zone.minute(due, shift.at), text::span(due - shift.at)),
            false => format!("deadline {} has passed", zone.minute(due, shift.at)),
        });
        let merchant = stored.merchant.as_deref().unwrap_or("no merchant");
        lines.push(format!("  {}  {}  {merchant}  {left}", stored.order.key.id, stored.order.amount));
    }
    Part { title: "Orders at Approved", count: shift.grid.all.whole.orders, lines }
}

/// A number of orders with their money.
fn worth(cell: &Cell) -> String {
    let orders = if cell.orders == 1 { "order" } else { "orders" };
    let sums: Vec<String> = cell.amounts.iter().map(Total::to_string).collect();
    format!("{} {orders}, {}", text::grouped(cell.orders), sums.join(", "))
}

fn unconfirmed(shift: &Shift) -> Part {
    let of = |row: &Row| {
        (row.unconfirmed > 0).then(|| format!("{}: {}", named(&row.merchant), text::grouped(row.unconfirmed)))
    };
    Part {
        title: "Authorised here, not confirmed by the provider",
        count: shift.grid.all.unconfirmed,
        lines: shift.grid.rows.iter().filter_map(of).collect(),
    }
}

fn named(merchant: &str) -> &str {
    if merchant.is_empty() { "no merchant" } else { merchant }
}

fn differing(shift: &Shift, zone: Zone) -> Part {
    let line = |it: &Differs| {
        format!("{}  {} since {}: {}", it.order.id, it.class.title(), zone.minute(it.since, shift.at), it.next)
    };
    let mut lines: Vec<String> = shift.drift.iter().map(line).collect();
    let count = shift.grid.all.drift.max(lines.len() as i64);
    if count > lines.len() as i64 {
        lines.push(format!("and {} more: recourse drift", text::grouped(count - lines.len() as i64)));
    }
    Part { title: "Orders that differ from what the provider shows", count, lines }
}

fn waiting(shift: &Shift, zone: Zone) -> Part {
    let line = |it: &Request| {
        let asked = format!("asked by {} {}", it.asked_by, zone.minute(it.created_at, shift.at));
        format!("request {}: {} of {}, {}, {asked}", it.id, it.words(), it.order.id, it.state.title())
    };
    let accounts = shift.open.iter().map(|(account, open)| format!("{account}: {} open", text::grouped(*open)));
    Part {
        title: "Requests that have not ended",
        count: shift.open.iter().map(|(_, open)| open).sum(),
        lines: accounts.chain(shift.requests.iter().map(line)).collect(),
    }
}
