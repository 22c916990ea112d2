//! What the watch and the plans read, and what was read.

use crate::console::app::pulse::Pulse;
use crate::console::app::state::App;
use crate::console::stuck::plans::{answers, editor, list};
use crate::console::stuck::requests::News;
use crate::console::stuck::{acknowledge, page, papers, runbook};
use crate::stuck::STUCK;

/// Starts the reads that are due.
pub fn pump(app: &mut App) {
    page::pump(app);
    list::pump(app);
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
        News::Seen(seen) => page::take(app, seen),
        News::Cell(cell, orders) => page::take_cell(app, cell, orders),
        News::Acknowledged(alert, answer) => acknowledge::take(app, &alert, answer),
        News::Ticked(result) => runbook::ticked(app, result),
        News::Paper(paper, lines) => papers::take(app, &paper, lines),
        News::SavedTable(saved) => papers::saved(app, saved),
        News::Plans(plans) => list::take(app, plans),
        News::PlanRows(number, rows) => list::take_rows(app, number, rows),
        News::Explained(whys) => editor::explained(app, whys),
        News::PlanTotals(number, totals) => list::take_totals(app, number, totals),
        News::MadePlan(run, number) => answers::made(app, run, number),
        News::PlanProgress(number, progress) => answers::progress(app, number, progress),
        News::PlanEnded(number, ended) => answers::ended(app, number, ended),
        News::PlanTold(number, answer) => answers::told(app, number, answer),
    }
}
