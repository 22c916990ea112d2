//! A plan that is being made, as it is drawn: its rows, the totals, and the question before it runs.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, ends, whole};
use crate::console::kit::input::typed;
use crate::console::kit::look::Look;
use crate::console::kit::scroll::centred;
use crate::console::stuck::plans::planning::{Planning, Stage, comes_to};
use crate::console::stuck::plans::sums::sums;
use crate::text;
use crate::work::plan::{Judged, Verdict, id};

/// Draws a plan that is being made.
pub fn draw(planning: &Planning, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Clear.render(area, buf);
    let count = planning.orders.len();
    let orders = if count == 1 { "1 order".to_owned() } else { format!("{count} orders") };
    let title = format!(" Plan of {orders} {} dry run: nothing is written yet", look.glyphs.dot);
    draw::put(&Line::styled(title, look.focus()), Rect { height: 1.min(area.height), ..area }, buf);
    let (below, cursor) = below(planning, look, area);
    let lower = (below.len() as u16).min(area.height.saturating_sub(2));
    let list = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1 + lower), ..area };
    rows(planning, look, list, buf);
    draw::lines(below, Rect { y: list.bottom(), height: area.bottom() - list.bottom(), ..area }, buf);
    match &planning.stage {
        Stage::Asking(confirmation) => {
            let mut dialog = question(planning, look, area);
            dialog.confirmation(confirmation);
            dialog.draw(area, buf)
        }
        Stage::Keeping => {
            let mut dialog = question(planning, look, area);
            dialog.end("Writing …", look.warn());
            dialog.draw(area, buf)
        }
        Stage::Editing | Stage::Amount(_) => Drawn { cursor, ..Drawn::default() },
    }
}

/// The totals below the rows, and the amount that is being typed with its cursor.
fn below(planning: &Planning, look: Look, area: Rect) -> (Vec<Line<'static>>, Option<Position>) {
    let rule = look.glyphs.rule.repeat(usize::from(area.width).saturating_sub(2));
    let mut lines = vec![Line::styled(format!(" {rule}"), look.dim())];
    // What the line of the selected row may cut off.
    if let Some(cause) = planning.judged.get(planning.at).and_then(Judged::cause) {
        lines.extend(draw::inset(&cause, usize::from(area.width), look.warn()));
    }
    let sums = sums(&planning.totals, look).into_iter();
    lines.extend(sums.map(|(words, style)| Line::styled(format!(" {words}"), style)));
    if planning.needs_approval {
        lines.push(Line::styled(" Another person must approve it before it runs (n)", look.warn()));
    }
    let Stage::Amount(input) = &planning.stage else { return (lines, None) };
    let row = planning.orders.get(planning.at);
    let most = row.map_or_else(String::new, |(stored, _)| stored.order.amount.to_string());
    let label = format!(" Amount, at most {most}: ");
    let (words, at) = typed(input, usize::from(area.width).saturating_sub(label.len() + 1));
    let cursor = Position { x: area.x + (label.len() + at) as u16, y: area.bottom().saturating_sub(1) };
    lines.push(Line::from(vec![Span::styled(label, look.focus()), Span::raw(words)]));
    (lines, Some(cursor).filter(|at| area.contains(*at)))
}

fn rows(planning: &Planning, look: Look, list: Rect, buf: &mut Buffer) {
    let (height, at) = (usize::from(list.height), planning.at);
    let first = centred(at, height, planning.judged.len());
    let mut widths = [0; 4];
    for judged in planning.judged.iter().skip(first).take(height) {
        for (width, (words, _)) in widths.iter_mut().zip(cells(judged, look)) {
            *width = text::width(&words).max(*width);
        }
    }
    for ((place, judged), line) in planning.judged.iter().enumerate().skip(first).zip(list.rows()) {
        let words = row(judged, &widths, place == at, usize::from(list.width), look);
        if place == at {
            whole(words, line, look.selected(true), buf);
        } else {
            draw::put(&words, line, buf);
        }
    }
    ends(list, first, planning.judged.len(), look, buf);
}

/// Id, amount, what is done after authorising, and the result.
fn cells(judged: &Judged, look: Look) -> [(String, Style); 4] {
    let (amount, doing) = judged.stored.as_ref().map_or_else(Default::default, |stored| {
        let amount = stored.order.amount;
        let follow = judged.row.doing(amount.currency).follow;
        let doing = follow.map_or_else(
            || "authorise only".to_owned(),
            |(action, amount)| format!("then {} {}", action.name(), amount.grouped()),
        );
        (amount.to_string(), doing)
    });
    let style = match judged.verdict {
        Verdict::Would(_) if !judged.presumed_expired => Style::new(),
        Verdict::UnderWay(..) => Style::new(),
        Verdict::Would(_) | Verdict::Refused(_) | Verdict::Changed(_) => look.warn(),
    };
    [
        (text::clean(id(&judged.row)), Style::new()),
        (amount, Style::new()),
        (doing, Style::new()),
        (text::clean(&format!("{} {}", look.glyphs.arrow, comes_to(judged))), style),
    ]
}

fn row(judged: &Judged, widths: &[usize; 4], selected: bool, width: usize, look: Look) -> Line<'static> {
    let bar = if selected { look.glyphs.bar } else { " " };
    let mut line = Line::raw(format!("{bar} "));
    for (at, ((words, style), wide)) in cells(judged, look).into_iter().zip(widths).enumerate() {
        let rest = width.saturating_sub(line.width());
        let words = match at {
            // The id identifies the order.
            0 => text::left(&words, (*wide).min(width / 2)),
            1 => text::right(&words, *wide),
            2 => text::left(&words, *wide),
            _ => text::cut(&words, rest),
        };
        line.push_span(Span::styled(words, style));
        line.push_span(Span::raw("  "));
    }
    line
}

/// The full consequence of running it.
fn question(planning: &Planning, look: Look, area: Rect) -> DialogBox {
    let mut dialog = DialogBox::new("Save this plan and run it", area, look);
    sums(&planning.totals, look).iter().for_each(|(words, style)| dialog.say(words, *style));
    let (rate, failures) = planning.pace;
    let pace = match rate {
        // What is asked of a provider goes out at its account's rate.
        _ if planning.totals.asked > 0 => "at the account's rate".to_owned(),
        0 => "as fast as possible".to_owned(),
        rate => format!("{rate} a second"),
    };
    let words = format!(
        "Each order is checked again first, {pace}. An order that changed since is skipped. The plan stops after {failures} failures, and you can pause it. Only the provider can confirm the changes. They cannot be undone."
    );
    dialog.say(&words, look.dim());
    dialog.space();
    dialog
}
