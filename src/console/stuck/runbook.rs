//! The runbook of a stuck order: steps to tick, and to go where they are done.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::console::app::layout::Pane;
use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::place::Reach;
use crate::console::requests::token;
use crate::console::stuck::plans::editor;
use crate::console::stuck::related::{line, steps};
use crate::console::stuck::requests::Ask;
use crate::console::stuck::shown::{Cell, Column};
use crate::domain::Task;
use crate::settings::keys::{Command, Scope};
use crate::stuck::runbook::{Step, Tool};
use crate::text;

/// The runbook of the shown order.
#[derive(Debug)]
pub struct Runbook {
    /// The name of the selected step.
    at: &'static str,
}

/// Opens the runbook of the shown order.
pub fn open(app: &mut App) {
    match steps(app).first() {
        Some(step) => app.open(Runbook { at: step.name }),
        None => app.say(Tone::News, "A runbook is for orders that are stuck at Approved. Press 3 to see them."),
    }
}

impl Runbook {
    /// Opens the place where a step is done.
    fn go(app: &mut App, tool: Tool) -> Then {
        match tool {
            Tool::Elsewhere => app.say(Tone::News, "This step is done elsewhere. Press Space to tick it."),
            Tool::Actions => {
                app.orders.focus = Pane::Order;
                app.then(Command::Actions);
                return Then::Close;
            }
            Tool::Quarantine => app.then(Command::Quarantine),
            Tool::Copy => app.then(Command::Copy),
            Tool::Refresh => app.then(Command::Refresh),
            Tool::Token => token::of_what_is_shown(app, false),
            Tool::Plan => {
                let merchant = app.orders.shown.as_ref().and_then(|shown| shown.stored.merchant.clone());
                editor::of_cell(app, &Cell { merchant: Some(merchant.unwrap_or_default()), column: Column::All });
                return Then::Close;
            }
        }
        Then::Stay
    }
}

/// Ticks a step of the shown order, or unticks it.
fn tick(app: &mut App, step: &Step) {
    let Some(shown) = &app.orders.shown else { return };
    let done = shown.related.ticks.iter().any(|tick| tick.step == step.name);
    let order = shown.stored.order.key.clone();
    if let Err(refused) = app.session.roles.may(Task::Runbook) {
        app.say(Tone::Bad, text::sentence(&refused.to_string()));
    } else if app.may_write() && app.can_write() && !std::mem::replace(&mut app.stuck.ticking, true) {
        // One at a time: the second of two quick ticks has to see the result of the first.
        app.ask(Effect::Stuck(Ask::Tick(order, step.name.to_owned(), !done)));
    }
}

/// Handles the result of a tick.
pub fn ticked(app: &mut App, result: Result<(), Failure>) {
    app.orders.loads.order.due = true;
    app.stuck.ticking = false;
    if let Err(Failure::Other(text)) = result {
        app.say(Tone::Bad, text);
    }
}

impl Dialog<App> for Runbook {
    fn scope(&self) -> Scope {
        Scope::Runbook
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let steps = steps(app);
        let at = steps.iter().position(|step| step.name == self.at);
        let last = steps.len().saturating_sub(1);
        let name = |at: usize| steps.get(at.min(last)).map_or("", |step| step.name);
        match (command, at.and_then(|at| steps.get(at))) {
            (Command::Down, _) => self.at = name(at.map_or(0, |at| at + 1)),
            (Command::Up, _) => self.at = name(at.map_or(0, |at| at.saturating_sub(1))),
            (Command::Mark, Some(step)) => tick(app, step),
            (Command::Choose, Some(step)) => return Self::go(app, step.tool),
            (Command::Mark | Command::Choose, None) => {
                self.at = name(0);
                app.say(Tone::News, "The cause has changed: check the steps again.");
            }
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn is_on_the_order(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let Some(shown) = &app.orders.shown else { return Drawn::default() };
        let shown = &*app.masked(shown);
        let why = shown.related.why.as_ref();
        let cause = why.map_or("", |why| why.cause.title());
        let title = format!("{} {} {cause}", text::clean(&shown.stored.order.key.id), look.glyphs.dot);
        let mut dialog = DialogBox::new(title, area, look);
        if let Some(why) = why {
            dialog.say(&why.evidence, look.dim());
            dialog.space();
        }
        let all = steps(app);
        let selected = all.iter().position(|step| step.name == self.at).unwrap_or(0);
        for (at, step) in all.iter().enumerate() {
            let here = step.name == self.at;
            let bar = if here { look.glyphs.bar } else { " " };
            let (words, style) = line(app, shown, step, look);
            for (nth, words) in text::wrap(&words, dialog.room.saturating_sub(6)).into_iter().enumerate() {
                dialog.reach(dialog.lines.len(), Reach::line(at, selected));
                let head = if nth == 0 { format!("{bar} ") } else { "      ".to_owned() };
                dialog.line(Line::styled(format!("{head}{words}"), style), here);
            }
        }
        dialog.draw(area, buf)
    }
}
