//! The list of plans, as it is drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::app::state::App;
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, inset, whole};
use crate::console::kit::look::Look;
use crate::console::kit::place::{Place, Reach};
use crate::console::kit::scroll::centred;
use crate::console::stuck::plans::question::Question;
use crate::console::stuck::plans::sums::sums;
use crate::records::Plan;
use crate::text;

/// Draws the plans, the selected one, and the question about one.
pub fn draw(app: &App, question: Option<&Question>, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Clear.render(area, buf);
    let title = Line::styled(" Plans, newest first", look.focus());
    draw::put(&title, Rect { height: 1.min(area.height), ..area }, buf);
    let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
    let width = usize::from(area.width);
    let plans = match &app.plans.all {
        Some(plans) if !plans.is_empty() => plans,
        known => {
            let words = match known {
                Some(_) => {
                    "No plans yet. Mark orders that are stuck at Approved and press P, or press P on a cell of the stuck screen (3)."
                }
                None => "Reading …",
            };
            draw::lines(inset(words, width, look.dim()), below, buf);
            return Drawn::default();
        }
    };
    let upper = (plans.len() as u16).min((below.height / 2).max(1));
    let list = Rect { height: upper, ..below };
    let first = centred(app.plans.at().unwrap_or(0), usize::from(upper), plans.len());
    let mut places = Vec::new();
    for ((place, plan), line) in plans.iter().enumerate().skip(first).zip(list.rows()) {
        let selected = app.plans.at() == Some(place);
        places.push(Place { area: line, by: Reach::line(place, app.plans.at().unwrap_or(0)) });
        let words = row(app, look, &app.masked(plan), selected, width);
        if selected {
            whole(words, line, look.selected(true), buf);
        } else {
            draw::put(&words, line, buf);
        }
    }
    if let Some(plan) = app.plans.plan() {
        let rest = Rect { y: list.bottom(), height: below.bottom() - list.bottom(), ..below };
        draw::lines(detail(app, look, &app.masked(plan), width), rest, buf);
    }
    let drawn = Drawn { places, ..Drawn::default() };
    question.map_or(drawn, |question| ask(question, look, area, buf))
}

fn row(app: &App, look: Look, plan: &Plan, selected: bool, width: usize) -> Line<'static> {
    let bar = if selected { look.glyphs.bar } else { " " };
    let running = app.plans.running.as_ref().filter(|(number, _)| *number == plan.number);
    let progress = match running {
        Some((_, progress)) => {
            let done = progress.accepted + progress.refused + progress.changed;
            format!("{done} of {}", done + progress.rest)
        }
        None => format!("{} of {}", plan.orders - plan.rest(), plan.orders),
    };
    let standing = match running {
        Some((_, progress)) if progress.unknown > 0 => "connection lost",
        Some(_) if app.plans.pausing => "pausing",
        Some(_) => "running here",
        None => plan.standing(),
    };
    let style = match plan.standing() {
        "finished" => look.good(),
        "stopped" | "waits for approval" => look.warn(),
        "withdrawn" => look.dim(),
        _ => look.title(),
    };
    let head = format!("{bar} {:>5}  ", plan.number);
    let [standing, progress] = [text::left(standing, 20), text::left(&progress, 15)];
    let used = text::width(&head) + text::width(&standing) + text::width(&progress) + 2;
    let by = format!("{}  {}", text::clean(&plan.made_by), text::clean(&plan.title));
    Line::from(vec![
        Span::raw(head),
        Span::styled(standing, style),
        Span::raw("  "),
        Span::raw(progress),
        Span::raw(text::cut(&by, width.saturating_sub(used))),
    ])
}

fn detail(app: &App, look: Look, plan: &Plan, width: usize) -> Vec<Line<'static>> {
    let title = draw::rule(&format!("Plan {}", plan.number), width, look);
    let mut lines = vec![Line::styled(title, look.dim())];
    let shown = app.plans.rows.get(&plan.number);
    let counts = [
        (plan.accepted, "recorded"),
        (shown.map_or(0, |shown| shown.confirmed), "confirmed by the provider"),
        (plan.refused, "refused"),
        (plan.changed, "changed meanwhile"),
        (plan.unknown, "unknown"),
        (plan.rest(), "left"),
    ];
    let counts: Vec<String> = counts.iter().map(|(count, word)| format!("{count} {word}")).collect();
    lines.push(Line::styled(format!(" {}", counts.join(", ")), look.title()));
    let mut said = vec![format!("made by {} {}", plan.made_by, app.prefs.zone.short(plan.made_at, app.now))];
    said.extend(plan.approved_by.as_ref().map(|by| format!("approved by {by}")));
    said.extend(plan.what.as_ref().map(|what| {
        let at = plan.at.map_or_else(String::new, |at| app.prefs.zone.short(at, app.now));
        format!("{what} by {} {at}", plan.by.as_deref().unwrap_or_default())
    }));
    said.extend(plan.why.clone());
    let dot = format!(" {} ", look.glyphs.dot);
    for words in text::wrap(&text::clean(&said.join(&dot)), width.saturating_sub(2)) {
        lines.push(Line::styled(format!(" {words}"), look.dim()));
    }
    for row in shown.iter().flat_map(|shown| &shown.rows).map(|row| app.masked(row)) {
        let head =
            format!(" {}  {}", text::left(&text::clean(&row.order), 16), text::left(&text::clean(&row.doing), 38));
        let rest = text::cut(&text::clean(&row.comes_to), width.saturating_sub(text::width(&head) + 4));
        lines.push(Line::raw(format!("{head}  {} {rest}", look.glyphs.arrow)));
    }
    lines
}

fn ask(question: &Question, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    let mut dialog = DialogBox::new(format!("Plan {}: {}", question.number, question.word.name()), area, look);
    dialog.say(question.word.consequence(), look.title());
    match &question.totals {
        Some(totals) => sums(totals, look).iter().for_each(|(words, style)| dialog.say(words, *style)),
        None => dialog.say("Reading …", look.warn()),
    }
    dialog.space();
    dialog.confirmation(&question.confirmation);
    dialog.draw(area, buf)
}
