//! What the next shift has to know: open alerts, acknowledgements that end, plans that are half done, what expires before when, and the
//! steps that were ticked lately.

use chrono::{DateTime, TimeDelta, Utc};

use crate::cases::duty::OnCall;
use crate::records::{Plan, Ticked, Zone};
use crate::stuck::alarm::Standing;
use crate::stuck::band::Band;
use crate::stuck::grid::Grid;
use crate::text;
use strum::VariantArray;

/// How long a shift is: ticks within it are told.
pub const SHIFT: TimeDelta = TimeDelta::hours(8);

/// Everything that is handed over.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shift {
    /// When it was read.
    pub at: DateTime<Utc>,
    /// The alerts that are open.
    pub alerts: Vec<Standing>,
    /// Plans that have not ended.
    pub plans: Vec<Plan>,
    /// Orders at Approved by the time they have left.
    pub grid: Grid,
    /// Steps ticked in the last shift.
    pub ticked: Vec<Ticked>,
    /// Who is on call now.
    pub on_call: Vec<OnCall>,
}

/// The hand-over as lines for people.
pub fn lines(shift: &Shift, zone: Zone) -> Vec<String> {
    let now = shift.at;
    let time = |at: DateTime<Utc>| zone.minute(at, now);
    let mut lines = vec![format!("Hand-over, {}", zone.long(now)), String::new()];
    let on_call: Vec<String> =
        shift.on_call.iter().map(|it| format!("{} until {}", text::clean(&it.who), time(it.until))).collect();
    lines.push(match on_call.is_empty() {
        true => "On call: no one is named in the policy".to_owned(),
        false => format!("On call: {}", on_call.join(", ")),
    });
    let mut all = |title: &str, count: i64, found: Vec<String>| {
        lines.extend([String::new(), format!("{title}: {}", text::grouped(count))]);
        lines.extend(found.into_iter().map(|line| format!("  {}", text::clean(&line))));
    };
    let mut part = |title: &str, found: Vec<String>| all(title, found.len() as i64, found);
    let open = shift.alerts.iter().filter(|it| !it.is_quiet(now));
    part("Open alerts", open.map(|it| format!("{} since {}: {}", it.alert, time(it.since), it.said)).collect());
    let quiet = shift.alerts.iter().filter(|it| it.is_quiet(now));
    let ends = |it: &Standing| {
        let until = it.until.map_or_else(String::new, time);
        let why = it.reason.as_deref().unwrap_or("no reason");
        format!("{} until {until}, by {}: {why}", it.alert, it.recorder)
    };
    part("Acknowledged, and when that ends", quiet.map(ends).collect());
    let plan = |it: &Plan| {
        let done = it.accepted + it.refused + it.changed + it.unknown;
        let state = it.what.map_or("waits", |what| what.title());
        format!("plan {} ({}): {state}, {done} of {} orders, made by {}", it.number, it.title, it.orders, it.made_by)
    };
    part("Plans that have not ended", shift.plans.iter().map(plan).collect());
    let (mut bands, mut waiting) = (Vec::new(), 0);
    for (at, band) in Band::VARIANTS.iter().enumerate() {
        let orders: i64 = shift.grid.rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell.orders).sum();
        if orders > 0 {
            let many = if orders == 1 { "order" } else { "orders" };
            let gone = match band {
                Band::Over => "past their deadline".to_owned(),
                Band::Fresh | Band::Half | Band::Late | Band::Last => format!("{} of their time gone", band.title()),
            };
            bands.push(format!("{gone}: {} {many}", text::grouped(orders)));
            waiting += orders;
        }
    }
    all("Orders at Approved", waiting, bands);
    let mut part = |title: &str, found: Vec<String>| all(title, found.len() as i64, found);
    let step = |it: &Ticked| {
        let id = it.order_id.split_once(':').map_or(it.order_id.as_str(), |(_, id)| id);
        format!("{} {id}: {}, by {}", time(it.at), it.step.replace('_', " "), it.recorder)
    };
    part("Steps ticked in the last 8 hours", shift.ticked.iter().map(step).collect());
    lines
}
