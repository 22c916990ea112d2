//! How people and policy look: everyone with their roles on top, how the desk works below.

use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

use super::state::{Member, TeamShown};
use crate::cases::fill::fill;
use crate::cases::{Policy, draft};
use crate::console::app::state::App;
use crate::console::kit::columns::{Column, fit, headings, row};
use crate::console::kit::draw;
use crate::console::kit::draw::{Drawn, whole};
use crate::console::kit::look::Look;
use crate::console::kit::scroll::{Scroll, follow};
use crate::domain::{Currency, Money};
use crate::records::Language;
use crate::text;
use ratatui::text::Span;

/// Draws the page.
pub fn draw(app: &App, scroll: &Scroll, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
    Clear.render(area, buf);
    let Some(shown) = &app.team.shown else {
        draw::lines([Line::styled(" Reading …", look.dim())], area, buf);
        return Drawn::default();
    };
    let shown = &*app.masked(shown.as_ref());
    let wanted = u16::try_from(shown.people.len()).unwrap_or(u16::MAX).saturating_add(1);
    let [top, list, rule, below] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(wanted.min(area.height / 2)),
        Constraint::Length(1),
        Constraint::Min(0),
    ])
    .areas(area);
    draw::put(&Line::styled(" People and their roles   a changes them, and the policy", look.focus()), top, buf);
    people(app, shown, look, list, buf);
    let at = app.prefs.desk_zone(&shown.policy.policy).short(shown.policy.at, app.now);
    let why = shown.policy.why.as_deref().map(|why| format!(": {}", text::clean(why))).unwrap_or_default();
    let title = format!("Policy {}, set by {} {at}{why}", shown.policy.number, text::clean(&shown.policy.recorder));
    draw::put(&Line::styled(draw::rule(&title, usize::from(area.width), look), look.dim()), rule, buf);
    let lines = policy(&shown.policy.policy, look, usize::from(below.width));
    let (count, height) = (lines.len(), usize::from(below.height));
    draw::lines(lines.into_iter().skip(scroll.of(count, height)), below, buf);
    Drawn { lines: Some((count, height)), ..Drawn::default() }
}

fn people(app: &App, shown: &TeamShown, look: Look, area: Rect, buf: &mut Buffer) {
    if shown.people.is_empty() {
        let words = " No one is registered: everyone is agent, lead and ops. The first person must be an admin.";
        return draw::lines([Line::styled(words, look.warn())], area, buf);
    }
    let widest = |of: &dyn Fn(&Member) -> String| shown.people.iter().map(|it| text::width(&of(it))).max().unwrap_or(0);
    let (login, roles) = (|it: &Member| text::clean(&it.login), |it: &Member| it.roles.join(", "));
    let columns = [
        Column::whole("login", widest(&login)),
        Column::whole("roles", widest(&roles)),
        Column::whole("open cases", 10).right(),
        Column::whole("open plans", 10).right(),
    ];
    let widths = fit(&columns, usize::from(area.width).saturating_sub(2));
    let mut heading = vec![Span::raw("  ")];
    heading.extend(headings(&columns, &widths, look.dim()));
    let [top, body] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    draw::put(&Line::from(heading), top, buf);
    let first = follow(0, app.team.at, usize::from(body.height), shown.people.len());
    for ((at, person), place) in shown.people.iter().enumerate().skip(first).zip(body.rows()) {
        let bar = if at == app.team.at { look.glyphs.bar } else { " " };
        let values = vec![
            Span::raw(login(person)),
            Span::raw(roles(person)),
            Span::raw(text::grouped(person.cases)),
            Span::raw(text::grouped(person.plans)),
        ];
        let mut spans = vec![Span::raw(format!("{bar} "))];
        spans.extend(row(&columns, &widths, values));
        let line = Line::from(spans);
        if at == app.team.at { whole(line, place, look.selected(true), buf) } else { draw::put(&line, place, buf) }
    }
}

/// A length of time, as the policy's file writes it.
fn length(seconds: i64) -> String {
    text::span(chrono::TimeDelta::seconds(seconds))
}

/// Example facts for a canned text.
const EXAMPLE: [(&str, Option<&str>); 6] = [
    ("{order}", Some("ATP-20311")),
    ("{amount}", Some("NGN 24,811.00")),
    ("{buyer}", Some("Ngozi Eze")),
    ("{seller}", Some("Aba Leather")),
    ("{merchant}", Some("lagos-shoes")),
    ("{reason}", Some("damaged")),
];

/// How the desk works, in words.
fn policy(policy: &Policy, look: Look, width: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut say = |words: &str, style: Style| {
        lines.extend(
            text::wrap(words, width.saturating_sub(2)).into_iter().map(|it| Line::styled(format!(" {it}"), style)),
        );
    };
    let (title, plain) = (look.title(), Style::new());
    say("Limits", title);
    for (code, limit) in &policy.limits {
        let money =
            |minor: i64| Currency::parse(code).map_or_else(|_| code.clone(), |it| Money::new(minor, it).to_string());
        let words = limit
            .map_or("no approval needed".to_owned(), |minor| format!("another person approves above {}", money(minor)));
        say(&format!("  {code}: {words}"), plain);
    }
    say("Clocks", title);
    for (clock, rule) in &policy.clocks {
        let hours = if rule.business { " of business hours" } else { "" };
        say(&format!("  {clock}: {}{hours}, then {}", length(rule.seconds), text::clean(&rule.then)), plain);
    }
    say(&format!("  a case returns to the queue when it is untouched for {}", length(policy.lease)), plain);
    say("Reasons", title);
    for reason in policy.offered() {
        say(&format!("  {}: {}", reason.code, text::clean(&reason.checklist.join(", "))), plain);
    }
    say("Canned texts, as they would read", title);
    for canned in &policy.macros {
        say(&format!("  {}, to the {}", text::clean(&canned.name), canned.to), look.key());
        let texts = [Some(canned.text_in(Language::English)), canned.ar.as_deref()];
        for words in texts.into_iter().flatten() {
            say(&format!("    {}", text::clean(&fill(words, &EXAMPLE))), plain);
            if let Some(unknown) = draft::left_open(&fill(words, &EXAMPLE)) {
                say(&format!("    {unknown} is filled in when it is sent"), look.dim());
            }
        }
    }
    say("Letters end with", title);
    for language in [Language::English, Language::Arabic] {
        let ending = policy.letters.ending(language);
        for words in [&ending.appeal, &ending.signature].into_iter().flatten() {
            say(&format!("  {}", text::clean(words)), plain);
        }
    }
    say("On call", title);
    for duty in &policy.on_call {
        say(&format!("  {}", text::clean(&duty.who)), plain);
    }
    if policy.on_call.is_empty() {
        say("  no one is named", look.dim());
    }
    lines
}
