//! What the watch and the plans read, and what was read.

use super::message::News;
use super::{acknowledge, plans, results, runbook, watch};
use crate::console::app::state::App;
use crate::console::orders::shown::Pulse;
use crate::stuck::STUCK;

/// Starts the reads that are due.
pub fn pump(app: &mut App) {
    watch::pump(app);
    plans::pump(app);
}

/// Reads everything again.
pub fn refresh(app: &mut App) {
    (app.stuck.loads.watch.due, app.plans.load.due) = (true, true);
}

/// Takes over what happened in the order book.
pub fn pulse(app: &mut App, pulse: &Pulse) {
    app.stuck.loads.watch.due |= pulse.statuses.contains(&STUCK);
    app.plans.load.due |= pulse.rang;
}

/// Handles the result of a request.
pub fn take(app: &mut App, news: News) {
    match news {
        News::Seen(seen) => watch::take(app, seen),
        News::Cell(cell, orders) => watch::take_cell(app, cell, orders),
        News::Acknowledged(alert, answer) => acknowledge::take(app, &alert, answer),
        News::Ticked(result) => runbook::ticked(app, result),
        News::Plans(plans) => plans::take(app, plans),
        News::PlanRows(number, rows) => plans::take_rows(app, number, rows),
        News::PlanTotals(number, totals) => plans::take_totals(app, number, totals),
        News::MadePlan(run, number) => results::made(app, run, number),
        News::PlanProgress(number, progress) => results::progress(app, number, progress),
        News::PlanEnded(number, ended) => results::ended(app, number, ended),
        News::PlanTold(number, answer) => results::told(app, number, answer),
    }
}
