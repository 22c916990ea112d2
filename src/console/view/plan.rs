//! Plans: a new plan with its rows and totals, and the list of existing plans.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

use super::dialog::{Dialog, room};
use super::input::typed;
use super::{App, Look, whole};
use crate::console::app::watch::plan::{Planning, Stage, comes_to};
use crate::console::app::watch::plans::Asking;
use crate::console::app::window::follow;
use crate::domain::Total;
use crate::records::Plan;
use crate::text;
use crate::work::plan::{Judged, Totals, Verdict, id};

/// A new plan that is not saved yet.
pub(crate) struct Sheet<'a> {
    pub planning: &'a Planning,
    pub look: Look,
}

fn money(totals: &[Total], look: Look) -> String {
    let sums: Vec<String> = totals.iter().map(ToString::to_string).collect();
    sums.join(&format!(" {} ", look.glyphs.dot))
}

/// The totals of many rows, one line each.
fn sums(totals: &Totals, look: Look) -> Vec<(String, Style)> {
    let mut lines = vec![(format!("{} would be done", totals.would), look.title())];
    let said = [
        (totals.presumed_expired, "of them presumed expired: ask the provider first"),
        (totals.refused, "would be refused"),
        (totals.changed, "have changed since"),
    ];
    lines.extend(
        said.into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, words)| (format!("{count} {words}"), look.warn())),
    );
    let amounts =
        [("authorise", &totals.authorised), ("then capture", &totals.captured), ("then cancel", &totals.canceled)];
    lines.extend(
        amounts
            .into_iter()
            .filter(|(_, amounts)| !amounts.is_empty())
            .map(|(name, amounts)| (format!("{name} {}", money(amounts, look)), Style::new())),
    );
    lines
}

impl Sheet<'_> {
    /// The label of the amount field, with the maximum.
    fn label(&self) -> String {
        let row = self.planning.orders.get(self.planning.at);
        row.map_or_else(String::new, |(stored, _)| format!(" Amount, at most {}: ", stored.order.amount))
    }

    /// Id, amount, what is done after authorising, and the result.
    fn cells(&self, judged: &Judged) -> [(String, Style); 4] {
        let look = self.look;
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
            Verdict::Would(_) | Verdict::Refused(_) | Verdict::Changed(_) => look.warn(),
        };
        [
            (text::clean(id(&judged.row)), Style::new()),
            (amount, Style::new()),
            (doing, Style::new()),
            (text::clean(&format!("{} {}", look.glyphs.arrow, comes_to(judged))), style),
        ]
    }

    fn row(&self, judged: &Judged, widths: &[usize; 4], selected: bool, width: usize) -> Line<'static> {
        let bar = if selected { self.look.glyphs.bar } else { " " };
        let mut line = Line::raw(format!("{bar} "));
        for (at, ((words, style), wide)) in self.cells(judged).into_iter().zip(widths).enumerate() {
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

    fn rows(&self, area: Rect, buf: &mut Buffer) {
        let (planning, look) = (self.planning, self.look);
        Clear.render(area, buf);
        let count = planning.orders.len();
        let orders = if count == 1 { "1 order".to_owned() } else { format!("{count} orders") };
        let title = format!(" Plan of {orders} {} dry run: nothing is written yet", look.glyphs.dot);
        super::put(&Line::styled(title, look.focus()), Rect { height: 1.min(area.height), ..area }, buf);
        let mut below: Vec<Line<'static>> = Vec::new();
        let rule = look.glyphs.rule;
        below.push(Line::styled(format!(" {}", rule.repeat(usize::from(area.width).saturating_sub(2))), look.dim()));
        below.extend(
            sums(&planning.totals, look).into_iter().map(|(words, style)| Line::styled(format!(" {words}"), style)),
        );
        if planning.needs_approval {
            below.push(Line::styled(" Another person must approve it before it runs (n)", look.warn()));
        }
        if let Stage::Amount(input) = &planning.stage {
            let label = self.label();
            let words = typed(input, usize::from(area.width).saturating_sub(label.len() + 1)).0;
            below.push(Line::from(vec![Span::styled(label, look.focus()), Span::raw(words)]));
        }
        let lower = (below.len() as u16).min(area.height.saturating_sub(2));
        let list = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1 + lower), ..area };
        let (height, at) = (usize::from(list.height), planning.at);
        let first = follow(at.saturating_sub(height / 2), at, height, planning.judged.len());
        let mut widths = [0; 4];
        for judged in planning.judged.iter().skip(first).take(height) {
            for (width, (words, _)) in widths.iter_mut().zip(self.cells(judged)) {
                *width = text::width(&words).max(*width);
            }
        }
        for ((place, judged), line) in planning.judged.iter().enumerate().skip(first).zip(list.rows()) {
            let words = self.row(judged, &widths, place == at, usize::from(area.width));
            if place == at {
                whole(words, line, look.selected(true), buf);
            } else {
                super::put(&words, line, buf);
            }
        }
        for (shown, y, sign) in [
            (first > 0, list.top(), look.glyphs.above),
            (first + height < planning.judged.len(), list.bottom().saturating_sub(1), look.glyphs.below),
        ] {
            if let Some(cell) = buf.cell_mut((area.right().saturating_sub(1), y)).filter(|_| shown) {
                cell.set_symbol(sign).set_style(look.warn());
            }
        }
        super::lines(below, Rect { y: list.bottom(), height: area.bottom() - list.bottom(), ..area }, buf);
    }

    fn dialog(&self, area: Rect) -> Dialog {
        let (planning, look) = (self.planning, self.look);
        let room = room(area);
        let wrapped = |words: &str, style: Style| {
            let lines = text::wrap(&text::clean(words), room);
            lines.into_iter().map(move |words| Line::styled(words, style)).collect::<Vec<_>>()
        };
        let mut lines: Vec<Line<'static>> = Vec::new();
        for (words, style) in sums(&planning.totals, look) {
            lines.extend(wrapped(&words, style));
        }
        let (rate, failures) = planning.pace;
        let pace = if rate == 0 { "as fast as possible".to_owned() } else { format!("{rate} a second") };
        let words = format!(
            "Each order is checked again first, {pace}. An order that changed since is skipped. The plan stops after {failures} failures, and you can pause it. Only the provider can confirm the changes. They cannot be undone."
        );
        lines.extend(wrapped(&words, look.dim()));
        lines.push(Line::default());
        if let Stage::Asking(word, input) = &planning.stage {
            let label = format!("Type {word} to continue: ");
            let words = typed(input, room.saturating_sub(label.len() + 1)).0;
            lines.push(Line::from(vec![Span::raw(label), Span::styled(words, look.title())]));
        } else {
            lines.push(Line::styled("Writing …", look.warn()));
        }
        Dialog { title: "Save this plan and run it".to_owned(), at: lines.len() - 1, lines, look }
    }

    /// Whether the whole consequence fits on a screen of this size. If not, it cannot be confirmed.
    pub fn fits(&self, area: Rect) -> bool {
        self.dialog(area).fits(area)
    }

    /// The cursor position, after the typed text.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        match &self.planning.stage {
            Stage::Editing | Stage::Keeping => None,
            Stage::Amount(input) => {
                let label = self.label().len();
                let at = label + typed(input, usize::from(area.width).saturating_sub(label + 1)).1;
                let at = Position { x: area.x + at as u16, y: area.bottom().checked_sub(1)? };
                area.contains(at).then_some(at)
            }
            Stage::Asking(word, input) => self.dialog(area).behind(area, &format!("Type {word} to continue: "), input),
        }
    }
}

impl Widget for Sheet<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        self.rows(area, buf);
        if matches!(self.planning.stage, Stage::Asking(..) | Stage::Keeping) {
            self.dialog(area).render(area, buf);
        }
    }
}

/// The list of existing plans.
pub(crate) struct Many<'a> {
    pub app: &'a App,
    pub look: Look,
}

impl Many<'_> {
    /// Whether the whole question fits on a screen of this size.
    pub fn fits(&self, area: Rect) -> bool {
        self.question(area).is_none_or(|question| question.fits(area))
    }

    fn row(&self, plan: &Plan, selected: bool, width: usize) -> Line<'static> {
        let (app, look) = (self.app, self.look);
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
        let by = format!("{}  {}", text::clean(&plan.made_by), self.private(&plan.title));
        Line::from(vec![
            Span::raw(head),
            Span::styled(standing, style),
            Span::raw("  "),
            Span::raw(progress),
            Span::raw(text::cut(&by, width.saturating_sub(used))),
        ])
    }

    /// Text that people wrote, masked because it can name people.
    fn private(&self, words: &str) -> String {
        if self.app.prefs.mask { self.look.glyphs.hidden.to_owned() } else { text::clean(words) }
    }

    fn detail(&self, plan: &Plan, width: usize) -> Vec<Line<'static>> {
        let (app, look) = (self.app, self.look);
        let rule = look.glyphs.rule;
        let title = format!(" {rule}{rule} Plan {} ", plan.number);
        let line = format!("{title}{}", rule.repeat(width.saturating_sub(text::width(&title))));
        let mut lines = vec![Line::styled(line, look.dim())];
        let counts = [
            (plan.accepted, "accepted"),
            (plan.refused, "refused"),
            (plan.changed, "changed meanwhile"),
            (plan.rest(), "left"),
        ];
        let counts: Vec<String> = counts.iter().map(|(count, word)| format!("{count} {word}")).collect();
        lines.push(Line::styled(format!(" {}", counts.join(", ")), look.title()));
        let mut said = vec![format!("made by {} {}", plan.made_by, app.prefs.zone.short(plan.made_at))];
        said.extend(plan.approved_by.as_ref().map(|by| format!("approved by {by}")));
        said.extend(plan.what.as_ref().map(|what| {
            let at = plan.at.map_or_else(String::new, |at| app.prefs.zone.short(at));
            format!("{what} by {} {at}", plan.by.as_deref().unwrap_or_default())
        }));
        said.extend(plan.why.as_deref().map(|why| self.private(why)));
        let dot = format!(" {} ", look.glyphs.dot);
        for words in text::wrap(&text::clean(&said.join(&dot)), width.saturating_sub(2)) {
            lines.push(Line::styled(format!(" {words}"), look.dim()));
        }
        let rows = app.plans.rows.get(&plan.number);
        for row in rows.into_iter().flatten() {
            let head =
                format!(" {}  {}", text::left(&text::clean(&row.order), 16), text::left(&text::clean(&row.doing), 38));
            let rest = text::cut(&text::clean(&row.comes_to), width.saturating_sub(text::width(&head) + 4));
            lines.push(Line::raw(format!("{head}  {} {rest}", look.glyphs.arrow)));
        }
        lines
    }

    fn question(&self, area: Rect) -> Option<Dialog> {
        let asking = self.app.plans.asking.as_ref()?;
        let look = self.look;
        let room = room(area);
        let mut lines: Vec<Line<'static>> = text::wrap(asking.word.consequence(), room)
            .into_iter()
            .map(|words| Line::styled(words, look.title()))
            .collect();
        let wrapped = |words: &str, style: Style| {
            let lines = text::wrap(words, room);
            lines.into_iter().map(move |words| Line::styled(words, style)).collect::<Vec<_>>()
        };
        match &asking.totals {
            Some(totals) => sums(totals, look).iter().for_each(|(words, style)| lines.extend(wrapped(words, *style))),
            None => lines.push(Line::styled("Reading …", look.warn())),
        }
        lines.push(Line::default());
        let label = Self::label(asking);
        let words = typed(&asking.input, room.saturating_sub(label.len() + 1)).0;
        lines.push(Line::from(vec![Span::raw(label), Span::styled(words, look.title())]));
        Some(Dialog {
            title: format!("Plan {}: {}", asking.number, asking.word.name()),
            at: lines.len() - 1,
            lines,
            look,
        })
    }

    fn label(asking: &Asking) -> String {
        format!("Type {} to continue: ", asking.typed)
    }

    /// The cursor position, after the typed word.
    pub fn cursor(&self, area: Rect) -> Option<Position> {
        let asking = self.app.plans.asking.as_ref()?;
        self.question(area)?.behind(area, &Self::label(asking), &asking.input)
    }
}

impl Widget for Many<'_> {
    fn render(self, area: Rect, buf: &mut Buffer) {
        let (app, look) = (self.app, self.look);
        Clear.render(area, buf);
        let title = Line::styled(" Plans, newest first", look.focus());
        super::put(&title, Rect { height: 1.min(area.height), ..area }, buf);
        let below = Rect { y: area.y + 1.min(area.height), height: area.height.saturating_sub(1), ..area };
        let plans = match &app.plans.all {
            Some(plans) if !plans.is_empty() => plans,
            known => {
                let words = match known {
                    Some(_) => {
                        "No plans yet. Mark orders that are stuck at Approved and press P, or press P on a cell of the watch (S)."
                    }
                    None => "Reading …",
                };
                let words = text::wrap(words, usize::from(area.width).saturating_sub(2));
                let words = words.into_iter().map(|words| Line::styled(format!(" {words}"), look.dim()));
                return super::lines(words, below, buf);
            }
        };
        let upper = (plans.len() as u16).min((below.height / 2).max(1));
        let list = Rect { height: upper, ..below };
        let at = app.plans.at().unwrap_or(0);
        let first = follow(at.saturating_sub(usize::from(upper) / 2), at, usize::from(upper), plans.len());
        for ((place, plan), line) in plans.iter().enumerate().skip(first).zip(list.rows()) {
            let selected = app.plans.at() == Some(place);
            let words = self.row(plan, selected, usize::from(area.width));
            if selected {
                whole(words, line, look.selected(true), buf);
            } else {
                super::put(&words, line, buf);
            }
        }
        if let Some(plan) = app.plans.plan() {
            let rest = Rect { y: list.bottom(), height: below.bottom() - list.bottom(), ..below };
            super::lines(self.detail(plan, usize::from(area.width)), rest, buf);
        }
        if let Some(question) = self.question(area) {
            question.render(area, buf);
        }
    }
}
