//! The keys of the quarantine.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::paged::goes;
use crate::console::quarantine::state::How;
use crate::console::quarantine::{page_view, settle};
use crate::intake::quarantine::readings;
use crate::records::{FactState, Quarantined};
use crate::settings::keys::{Command, Scope};
use crate::text;
use crate::wire::Reading;

/// The letter of dismissing.
const DISMISS: char = 'd';

/// The page.
#[derive(Debug)]
pub struct Quarantine;

/// Opens the quarantine.
pub fn open(app: &mut App) {
    app.quarantine.load.due = true;
    app.open(Quarantine);
}

/// Returns the selected fact, if it is still waiting.
fn unsettled(app: &mut App) -> Option<&Quarantined> {
    let settled = app.quarantine.list.row().filter(|fact| fact.state != FactState::Waiting).map(|fact| fact.id);
    if let Some(id) = settled {
        app.say(Tone::Bad, format!("Fact {id} was settled meanwhile."));
        return None;
    }
    app.quarantine.list.row()
}

/// A digit picks the reading with that number. Its consequence is looked up first.
fn pick(app: &mut App, number: usize) {
    let Some(fact) = unsettled(app) else { return };
    let (id, count) = (fact.id, readings(fact).len());
    if !app.may_write() || !app.can_write() {
        return;
    }
    match count {
        0 => app.say(Tone::News, "This fact has no reading to apply. It can be dismissed."),
        count if number > count => app.say(Tone::News, format!("This fact has readings 1 to {count}.")),
        _ => app.ask(Effect::Consider(id, number)),
    }
}

fn dismiss(app: &mut App) {
    let Some(id) = unsettled(app).map(|fact| fact.id) else { return };
    let consequence = "The fact is dismissed and changes nothing. It stays readable. This cannot be undone.";
    settle::open(app, id, How::Dismiss, None, consequence.to_owned(), "dismiss");
}

/// Dismisses all marked facts, for one reason.
fn dismiss_marked(app: &mut App) {
    if app.may_write() && app.can_write() {
        settle::open_many(app, app.quarantine.marks.iter().copied().collect());
    }
}

/// Opens the menu of what can be done with the selected fact: each of its readings, by number, or nothing.
fn actions(app: &mut App) {
    if !app.quarantine.marks.is_empty() {
        return dismiss_marked(app);
    }
    let Some(fact) = unsettled(app) else { return };
    let (id, order) = (fact.id, fact.order_id.as_ref().map(|id| format!(" about {}", text::clean(id))));
    let line = |(at, reading): (usize, &Reading)| Choice {
        letter: char::from_digit(at as u32 + 1, 10).unwrap_or('0'),
        words: text::clean(&format!("Read it as: {}", reading.words())),
        value: (at + 1).to_string(),
    };
    let mut lines: Vec<Choice> = readings(fact).iter().take(9).enumerate().map(line).collect();
    let words = "Dismiss it, with a reason: it changes nothing".to_owned();
    lines.push(Choice { letter: DISMISS, words, value: DISMISS.to_string() });
    let does = |app: &mut App, value: &str| match value.parse() {
        Ok(number) => pick(app, number),
        Err(_) if app.may_write() => dismiss(app),
        Err(_) => {}
    };
    app.open(Pick { title: format!("Settle fact {id}{}", order.unwrap_or_default()), lines, at: 0, does });
}

impl Dialog<App> for Quarantine {
    fn scope(&self) -> Scope {
        Scope::Quarantine
    }

    fn page(&self) -> Option<&'static str> {
        Some("Quarantine")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        if goes(&mut app.quarantine, command) {
            return Then::Stay;
        }
        match command {
            Command::Actions => actions(app),
            Command::Mark => app.quarantine.mark(),
            Command::MarkAll => app.quarantine.mark_all(),
            Command::Unmark => app.quarantine.marks.clear(),
            Command::Back if !app.quarantine.marks.is_empty() => app.quarantine.marks.clear(),
            Command::Back => app.stay_here(),
            _ => {}
        }
        Then::Stay
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        page_view::draw(app, look, area, buf)
    }
}
