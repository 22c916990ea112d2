//! The right pane: one order, its facts and its timeline.

use chrono::{DateTime, TimeDelta, Utc};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::console::app::layout::Pane;
use crate::console::app::state::App;
use crate::console::drift::page_view::sides;
use crate::console::kit::draw;
use crate::console::kit::draw::safe;
use crate::console::kit::look::{Look, name};
use crate::console::orders::action::menu::choices;
use crate::console::orders::shown::Shown;
use crate::console::orders::times::{age, left};
use crate::console::stuck::related;
use crate::desk::providers;
use crate::domain::{Action, Kind, Money, Outcome, Source, Status, consequence};
use crate::records::{OrderRecord, Transition};
use crate::settings::keys::{Command, Scope};
use crate::settings::prefs::Times;
use crate::text;

/// The right pane.
pub struct Order<'a> {
    /// The state.
    pub app: &'a App,
    /// Styles and glyphs.
    pub look: Look,
}

/// The indent of timeline text: the width of the time.
const INDENT: usize = 14;

/// An outcome in words.
fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::PaySeller => "Pay seller",
        Outcome::RefundBuyer => "Refund buyer",
        Outcome::Split => "Split",
    }
}

/// The facts of an order, in words.
fn gathered(stored: &OrderRecord) -> Vec<String> {
    let order = &stored.order;
    let facts = &order.facts;
    let money = |minor: i64| order.money(minor).grouped();
    match order.provider().kind() {
        Kind::Capture => {
            let mut said = Vec::new();
            for (minor, word) in [
                (facts.authorised, "authorised"),
                (facts.captured, "captured"),
                (facts.canceled, "canceled"),
                (facts.refunded, "refunded"),
            ] {
                if minor > 0 {
                    said.push(format!("{} {word}", money(minor)));
                }
            }
            said
        }
        Kind::Escrow => {
            let mut said = vec![format!("delivery {}", facts.attempt)];
            said.extend(stored.cancellation_fee.map(|fee| format!("cancellation fee {}", money(fee))));
            said.extend(facts.outcome.map(|decided| outcome(decided).to_owned()));
            said.extend(facts.parts.map(|parts| consequence::shares(order, parts)));
            said
        }
    }
}

impl Order<'_> {
    fn lines(&self, shown: &Shown, width: usize) -> Vec<Line<'static>> {
        let mut lines = self.facts(&shown.stored, width);
        let path = shown.log.as_deref().map_or_else(Vec::new, |log| self.path(log, width));
        lines.splice(1..1, path);
        let why = related::lines(self.app, shown, self.look, width);
        if !why.is_empty() {
            lines.push(Line::default());
            let key = self.app.prefs.keys.of(Scope::Panes, Command::Runbook);
            lines.push(self.rule(&format!("Why it is stuck ({key})"), width));
            lines.extend(why);
        }
        lines.push(Line::default());
        lines.push(self.rule(&format!("Timeline, {}", self.app.prefs.zone.name(self.app.now)), width));
        match &shown.log {
            Some(log) => self.timeline(&shown.stored, log, width, &mut lines),
            None => lines.push(Line::styled(" Reading …", self.look.dim())),
        }
        self.related(shown, width, &mut lines);
        if !shown.held.is_empty() {
            lines.push(Line::default());
            lines.push(self.rule("In quarantine (5)", width));
            for fact in &shown.held {
                let text = format!("#{} {}", fact.id, text::clean(&fact.message));
                for words in text::wrap(&text, width.saturating_sub(2)) {
                    lines.push(Line::styled(format!(" {words}"), self.look.warn()));
                }
            }
        }
        lines
    }

    /// The statuses that the order went through, with the day on which it reached each; the last one is where it is.
    fn path(&self, log: &[Transition], width: usize) -> Vec<Line<'static>> {
        let mut steps: Vec<(Status, String)> = Vec::new();
        for entry in log {
            if steps.last().is_none_or(|(status, _)| *status != entry.to) {
                steps.push((entry.to, self.app.prefs.zone.show(entry.happened_at, "%m-%d").to_string()));
            }
        }
        let last = steps.len().saturating_sub(1);
        let between = format!(" {} ", self.look.glyphs.step);
        let mut lines = vec![Line::from(" ")];
        for (at, (status, day)) in steps.into_iter().enumerate() {
            let style = if at == last { self.look.title() } else { self.look.dim() };
            let words = format!("{} {day}", name(status));
            let between = if at == 0 { "" } else { &between };
            let used = lines.last().map_or(0, Line::width);
            if at > 0 && used + text::width(between) + text::width(&words) + 1 > width {
                lines.push(Line::from(between.to_owned()));
            } else if let Some(line) = lines.last_mut() {
                line.push_span(Span::styled(between.to_owned(), self.look.dim()));
            }
            if let Some(line) = lines.last_mut() {
                line.push_span(Span::styled(text::cut(&words, width.saturating_sub(2)), style));
            }
        }
        lines
    }

    /// Evidence and plans of the order, oldest first.
    fn related(&self, shown: &Shown, width: usize, lines: &mut Vec<Line<'static>>) {
        let related = &shown.related;
        let tried = related.evidence.iter().map(|it| (it.happened_at, it.words(), it.recorder.clone()));
        let planned = related.plans.iter().map(|it| (it.at, it.words(&shown.stored.order), it.by.clone()));
        let asked = related.requests.iter().filter_map(|it| {
            let said = it.message.as_ref().map(|said| format!(": {said}")).unwrap_or_default();
            let words = format!("{} of the provider, {}{said}", it.words(), it.state.title());
            Some((it.ended_at?, words, it.asked_by.clone()))
        });
        let mut all: Vec<_> = tried.chain(planned).chain(asked).collect();
        all.sort();
        if all.is_empty() {
            return;
        }
        lines.push(Line::default());
        lines.push(self.rule("Evidence and plans", width));
        for (at, words, by) in all {
            let head = format!(" {}  ", self.app.prefs.zone.short(at, self.app.now));
            let words = format!("{}, by {}", text::clean(&words), text::clean(&by));
            for (place, words) in text::wrap(&words, width.saturating_sub(INDENT + 1)).into_iter().enumerate() {
                let head = if place == 0 { head.clone() } else { " ".repeat(INDENT) };
                lines
                    .push(Line::from(vec![Span::styled(text::left(&head, INDENT), self.look.dim()), Span::raw(words)]));
            }
        }
    }

    /// A time with its zone.
    fn moment(&self, at: DateTime<Utc>) -> String {
        let zone = self.app.prefs.zone;
        format!("{} {}", zone.minute(at, self.app.now), zone.name(at))
    }

    fn rule(&self, title: &str, width: usize) -> Line<'static> {
        Line::styled(draw::rule(title, width, self.look), self.look.dim())
    }

    fn facts(&self, stored: &OrderRecord, width: usize) -> Vec<Line<'static>> {
        let (app, look) = (self.app, self.look);
        let order = &stored.order;
        let (sign, style) = look.status(order.status);
        let standing = match order.facts.rejection_pending {
            true => order.standing(),
            false => name(order.status),
        };
        let standing = format!("{sign} {standing}");
        let heading = if app.orders.focus == Pane::Order { look.focus() } else { look.title() };
        let room = width.saturating_sub(text::width(&standing) + 2);
        let id = text::left(&format!(" {}", text::clean(&order.key.id)), room);
        let mut lines = vec![Line::from(vec![Span::styled(id, heading), Span::styled(standing, style)])];
        let mut said = vec![order.amount.to_string()];
        said.extend(gathered(stored));
        self.flow(&said, width, Style::new(), &mut lines);
        if let Some((words, style)) = left(stored, app.now, look)
            && let Some(due) = order.due_at()
        {
            let text =
                format!("{} {}, {words}", if due > app.now { "Expires" } else { "Overdue since" }, self.moment(due));
            self.wrapped(&text, width, style, &mut lines);
        }
        if app.orders.list.row().is_some_and(|row| row.gone && row.stored.order.key == order.key) {
            self.wrapped("It has left this list since you selected it.", width, look.dim(), &mut lines);
        }
        if let Some(request) = app.orders.shown.as_ref().and_then(|shown| shown.related.asking()) {
            let words = providers::asking(request);
            let said = request.message.as_ref().map(|said| format!(" ({})", text::clean(said))).unwrap_or_default();
            self.wrapped(&format!("Under way: {words}{said}"), width, look.warn(), &mut lines);
        }
        if let Some(it) = app.orders.shown.as_ref().and_then(|shown| shown.related.drift.as_ref()) {
            lines.extend(sides(app, it, look, width));
        }
        if let Some(from) = order.auto_capture_from().filter(|from| *from <= app.now) {
            let text = format!("The provider may capture this automatically from {}: verify", self.moment(from));
            self.wrapped(&text, width, look.warn(), &mut lines);
        }
        let here = [
            match app.prefs.times {
                Times::Relative => format!("{} in status", age(order.entered_at, app.now)),
                Times::Absolute => format!("in status since {}", self.moment(order.entered_at)),
            },
            format!("opened {}", self.moment(order.opened_at)),
            format!("version {}", order.version),
        ];
        self.flow(&here, width, look.dim(), &mut lines);
        let people = [("buyer", &stored.buyer), ("seller", &stored.seller), ("merchant", &stored.merchant)];
        let named = people.into_iter().filter_map(|(who, name)| Some(format!("{who} {}", text::clean(name.as_ref()?))));
        let numbers = stored.numbers.iter().map(|number| format!("their number {}", text::clean(number)));
        let named = named.chain(numbers);
        self.flow(&named.collect::<Vec<_>>(), width, Style::new(), &mut lines);
        if stored.unconfirmed > 0 {
            let what = if stored.unconfirmed == 1 {
                "1 transition is".to_owned()
            } else {
                format!("{} transitions are", stored.unconfirmed)
            };
            self.wrapped(&format!("~ {what} not confirmed by the provider"), width, look.warn(), &mut lines);
        }
        lines.push(self.what_may_be_done(width));
        lines
    }

    /// The possible actions with their letters, so that you see them without opening the menu.
    fn what_may_be_done(&self, width: usize) -> Line<'static> {
        let marked = self.app.orders.marks.len();
        if marked > 0 && self.app.orders.focus == Pane::List {
            let words = format!(
                " {} one action on the {marked} marked orders",
                self.app.prefs.keys.of(Scope::Panes, Command::Actions)
            );
            return Line::styled(text::cut(&words, width), self.look.marked());
        }
        let choices = choices(self.app, false);
        if choices.is_empty() {
            let nothing = " No actions for you now; a then ? shows why";
            return Line::styled(text::cut(nothing, width), self.look.dim());
        }
        let mut line = Line::from(Span::styled(" a ", self.look.key()));
        for choice in choices {
            let by = if !choice.actor.is_us() { format!(" ({})", choice.actor.title()) } else { String::new() };
            let words = format!(" {}{by}", choice.action.title());
            if line.width() + text::width(&words) + 4 > width {
                line.push_span(" …");
                break;
            }
            line.push_span(Span::raw(" "));
            line.push_span(Span::styled(choice.letter.to_string(), self.look.key()));
            line.push_span(words);
        }
        line
    }

    /// Puts the pieces on lines and breaks between them where possible.
    fn flow(&self, pieces: &[String], width: usize, style: Style, lines: &mut Vec<Line<'static>>) {
        let dot = format!(" {} ", self.look.glyphs.dot);
        let mut text = String::new();
        for piece in pieces {
            if !text.is_empty() && text::width(&text) + dot.len() + text::width(piece) + 2 > width {
                self.wrapped(&std::mem::take(&mut text), width, style, lines);
            }
            text.push_str(if text.is_empty() { "" } else { &dot });
            text.push_str(piece);
        }
        self.wrapped(&text, width, style, lines);
    }

    fn wrapped(&self, text: &str, width: usize, style: Style, lines: &mut Vec<Line<'static>>) {
        for words in text::wrap(text, width.saturating_sub(2)) {
            lines.push(Line::from(vec![Span::raw(" "), Span::styled(words, style)]));
        }
    }

    fn timeline(&self, stored: &OrderRecord, log: &[Transition], width: usize, lines: &mut Vec<Line<'static>>) {
        let mut before: Option<&Transition> = None;
        if let Some(first) = log.first().filter(|first| first.seq > 1) {
            let id = text::clean(&stored.order.key.id);
            let words = format!("{} earlier transitions: recourse show {id}", text::grouped(i64::from(first.seq) - 1));
            self.wrapped(&words, width, self.look.dim(), lines);
        }
        for entry in log {
            self.entry(stored, entry, before, width, lines);
            before = Some(entry);
        }
    }

    /// One transition: when, what, who; the new status; notes and references.
    fn entry(
        &self,
        stored: &OrderRecord,
        entry: &Transition,
        before: Option<&Transition>,
        width: usize,
        lines: &mut Vec<Line<'static>>,
    ) {
        let look = self.look;
        let title = entry.action_title();
        let amount = entry.amount.map(|minor| format!(" {}", Money::new(minor, stored.order.amount.currency)));
        let (actor, waits) = (entry.actor.title(), entry.is_unconfirmed());
        let mut line = Line::from(vec![
            Span::styled(format!(" {}  ", self.app.prefs.zone.short(entry.happened_at, self.app.now)), look.dim()),
            Span::styled(title, look.title()),
            Span::raw(amount.unwrap_or_default()),
        ]);
        let (mut said, room) = (self.said(entry), width.saturating_sub(line.width()));
        let mark = if waits { " ~" } else { "" };
        if text::width(actor) + 4 <= room {
            line.push_span(safe(&format!("  {actor}"), Style::new()));
        } else {
            said.insert(0, actor.to_owned());
        }
        line.push_span(Span::styled(mark, look.warn()));
        if said.len() == 1 && line.width() + text::width(&said[0]) + 3 <= width {
            let only = said.pop().unwrap_or_default();
            line.push_span(Span::styled(format!(" {} {only}", look.glyphs.dot), look.dim()));
        }
        lines.push(line);
        if let Some(before) = before.filter(|before| before.to != entry.to) {
            lines.push(self.became(before, entry));
        }
        if said.is_empty() {
            return;
        }
        let mut below = Vec::new();
        self.flow(&said, width.saturating_sub(INDENT - 1), look.dim(), &mut below);
        lines.extend(below.into_iter().map(|mut line| {
            line.spans.insert(0, Span::raw(" ".repeat(INDENT - 1)));
            line
        }));
    }

    /// The new status after a transition, and how long the order was in the old one.
    fn became(&self, before: &Transition, entry: &Transition) -> Line<'static> {
        let look = self.look;
        let (sign, style) = look.status(entry.to);
        let by_whom = Some(consequence::by_whom(entry.to, entry.actor)).filter(|words| words != entry.to.title());
        let words = by_whom.unwrap_or_else(|| name(entry.to).to_owned());
        let spent = entry.happened_at - before.happened_at;
        let spent = if spent < TimeDelta::minutes(1) { " +0m".to_owned() } else { format!(" +{}", text::span(spent)) };
        Line::from(vec![
            Span::styled(text::left(&spent, INDENT), look.dim()),
            Span::raw(format!("{} ", look.glyphs.arrow)),
            Span::styled(format!("{sign} {words}"), style),
        ])
    }

    /// The source of a transition, and its notes and references.
    fn said(&self, entry: &Transition) -> Vec<String> {
        let [open, close] = self.look.glyphs.quotes;
        let by = match entry.source {
            Source::Console => format!("by {}", entry.recorder),
            Source::Answer => format!("asked by {}", entry.recorder),
            Source::Reading => "read at the provider".to_owned(),
            Source::Notification | Source::Import | Source::Clock => entry.source.name().to_owned(),
        };
        let decided = entry.outcome.filter(|_| entry.action == Some(Action::Settle));
        let reference = entry.reference.as_ref().or(entry.confirmed_reference.as_ref());
        let said = [
            Some(by),
            decided.map(|decided| outcome(decided).to_owned()),
            entry.reason.as_ref().map(|reason| format!("reason {reason}")),
            entry.note.as_ref().map(|note| format!("{open}{}{close}", text::clean(note))),
            reference.map(|reference| format!("ref {reference}")),
            entry.of_capture.as_ref().map(|capture| format!("of capture {capture}")),
            entry.doubt.map(|doubt| doubt.title().to_owned()),
            entry.inferred.then(|| "inferred from a later notification".to_owned()),
            entry.contradictory.then(|| "the notification contradicted itself".to_owned()),
        ];
        said.into_iter().flatten().map(|words| text::clean(&words)).collect()
    }
}

impl Order<'_> {
    /// Draws it, and returns how many lines it has and how many of them fit.
    pub fn draw(&self, area: Rect, buf: &mut Buffer) -> (usize, usize) {
        let height = usize::from(area.height);
        let Some(shown) = &self.app.orders.shown else {
            draw::lines([Line::styled(" No order selected", self.look.dim())], area, buf);
            return (0, height);
        };
        let lines = self.lines(&self.app.masked(shown), usize::from(area.width));
        let count = lines.len();
        let first = self.app.orders.scroll.of(count, height);
        draw::lines(lines.into_iter().skip(first), area, buf);
        (count, height)
    }
}
