//! One action on all marked orders: the menu, the note, the question, and the progress. The commands are fixed when you
//! choose the action and counted before you confirm. Each order is checked again when its turn comes.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use tui_input::Input;

use crate::console::app::state::App;
use crate::console::kit::confirmation::{Answer, Confirmation};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::orders::action::confirm::WORDED;
use crate::console::orders::action::wording::title;
use crate::console::orders::marked::run;
use crate::console::orders::marked::sums::{Consequences, Sum};
use crate::desk;
use crate::domain::{Action, Actor, By, Offer, Proof, decide, menu};
use crate::records::OrderRecord;
use crate::settings::keys::{self, Command, Scope};
use crate::text;

/// Up to this many orders, the question lists their ids.
const NAMED: usize = 8;

const NOTE: &str = "How you know: ";

/// The current step of a bulk action.
#[derive(Debug)]
enum Stage {
    /// Choosing an action in the menu.
    Choosing,
    /// Typing one note for all orders.
    Noting(Input),
    /// Confirming.
    Asking(Confirmation),
    /// Running.
    Running,
}

/// The marked orders and the action on them.
#[derive(Debug)]
pub struct Bulk {
    /// The orders as they were when this was opened.
    orders: Vec<OrderRecord>,
    /// The actions that at least one of the orders allows.
    lines: Vec<Sum>,
    /// The selected line.
    at: usize,
    /// The note for all orders.
    note: Option<String>,
    /// The current step.
    stage: Stage,
    /// The commands, in the order they run.
    commands: Vec<desk::Command>,
    /// What the commands lead to.
    outcome: Consequences,
}

/// What can be done to this order together with others. Actions that decide who gets what, or need a reference, are
/// done one order at a time.
fn offers(app: &App, stored: &OrderRecord) -> Vec<(Action, Actor, char, Offer)> {
    let choices = menu(&stored.order, By::Person(app.session.roles), app.now);
    let offered = choices.into_iter().filter_map(|it| Some((it.action, it.actor, it.letter, it.verdict.ok()?)));
    let one_by_one = |action, offer: &Offer| WORDED.contains(&action) || offer.parts || offer.proof == Proof::Reference;
    offered.filter(|(action, _, _, offer)| !one_by_one(*action, offer)).collect()
}

/// Opens the menu for the marked orders, or shows the run that is in progress.
pub fn open(app: &mut App) {
    let orders = app.orders.marks.orders().to_vec();
    let stage = if app.orders.running.is_some() { Stage::Running } else { Stage::Choosing };
    let mut lines: Vec<Sum> = Vec::new();
    for stored in &orders {
        for (action, actor, letter, offer) in offers(app, stored) {
            Sum::gather(&mut lines, stored, (action, actor, letter), &offer);
        }
    }
    lines.sort_by_key(|line| !line.actor.is_us());
    let (commands, outcome) = (Vec::new(), Consequences::default());
    app.open(Bulk { orders, lines, at: 0, note: None, stage, commands, outcome });
}

impl Bulk {
    /// Whether its commands run.
    pub const fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }

    fn line(&self) -> Option<&Sum> {
        self.lines.get(self.at)
    }

    fn which(&self) -> Option<(Action, Actor)> {
        self.line().map(|line| (line.action, line.actor))
    }

    fn choose(&mut self, app: &mut App) {
        if !app.may_write() {
            return;
        }
        match self.line().map(|line| line.proof) {
            None => {}
            Some(Proof::Note) => {
                let kept = app.orders.note.as_ref().filter(|(known, _)| Some(*known) == self.which());
                self.stage = Stage::Noting(Input::new(kept.map(|(_, note)| note.clone()).unwrap_or_default()));
            }
            Some(Proof::Nothing | Proof::Reference) => {
                self.note = None;
                self.ask(app);
            }
        }
    }

    /// Opens the question. This fixes the commands, each with the version of its order.
    fn ask(&mut self, app: &mut App) {
        let Some((action, actor)) = self.which() else { return };
        (self.commands, self.outcome) = (Vec::new(), Consequences::default());
        for stored in &self.orders {
            let found = offers(app, stored).into_iter().find(|it| (it.0, it.1) == (action, actor));
            let Some((.., offer)) = found else { continue };
            let command = desk::Command {
                order: stored.order.key.clone(),
                action,
                actor,
                amount: offer.most,
                parts: None,
                note: self.note.clone(),
                reference: None,
                reason: None,
                expect: Some(stored.order.version),
                request: app.request(),
            };
            if let Ok(step) = decide(&stored.order, &desk::ask(&command, app.session.roles, app.now)) {
                self.outcome.add(stored, &step);
                self.commands.push(command);
            }
        }
        self.stage = Stage::Asking(Confirmation::word(format!("{} {}", action.name(), self.commands.len())));
    }

    fn money(line: &Sum, look: Look) -> String {
        let totals: Vec<String> = line.totals.iter().map(ToString::to_string).collect();
        totals.join(&format!(" {} ", look.glyphs.dot))
    }

    fn menu(&self, dialog: &mut DialogBox) {
        let (all, look) = (self.orders.len(), dialog.look);
        let title = |line: &Sum| title(line.action, line.actor);
        let titles = self.lines.iter().map(|line| text::width(&title(line))).max().unwrap_or(0).min(dialog.room / 2);
        for (at, line) in self.lines.iter().enumerate() {
            let bar = if at == self.at { look.glyphs.bar } else { " " };
            let digit = if at < 9 { (at + 1).to_string() } else { " ".to_owned() };
            let note = if line.proof == Proof::Note { "  (a note)" } else { "" };
            let words = Line::from(vec![
                Span::raw(format!("{bar} {digit} ")),
                Span::styled(line.letter.to_string(), look.key()),
                Span::raw(format!("  {}  ", text::left(&title(line), titles))),
                Span::raw(format!("{} of {all}  {}{note}", line.count, Self::money(line, look))),
            ]);
            dialog.option(words, at, self.at);
        }
        if self.lines.is_empty() {
            let why = "No action fits them in bulk. An action that divides money or needs a reference is done on one order at a time.";
            dialog.say(why, Style::new());
        }
    }

    /// The full consequence: how many orders, how much money, and how many orders are skipped.
    fn consequence(&self, dialog: &mut DialogBox) {
        let look = dialog.look;
        let Some(line) = self.line() else { return };
        let count = self.commands.len();
        let orders = if count == 1 { "1 order".to_owned() } else { format!("{count} orders") };
        let title = title(line.action, line.actor);
        dialog.say(&format!("{title} on {orders}: {}.", Self::money(line, look)), look.title());
        let (statuses, warnings) = self.outcome.words();
        dialog.say(&statuses, look.title());
        warnings.iter().for_each(|words| dialog.say(words, look.warn()));
        if count <= NAMED {
            let ids: Vec<&str> = self.commands.iter().map(|it| it.order.id.as_str()).collect();
            dialog.say(&ids.join(", "), look.dim());
        }
        let left = self.orders.len().saturating_sub(count);
        if left > 0 {
            let words = format!("{left} of the marked orders are skipped: the action is not allowed now.");
            dialog.say(&words, look.warn());
        }
        let words =
            "Each is checked again first. An order that changed since it was marked is skipped. This cannot be undone.";
        dialog.say(words, look.dim());
        if let Some(note) = &self.note {
            dialog.say(&format!("note: {note}"), look.dim());
        }
    }

    fn go(&mut self, app: &mut App) {
        match &self.stage {
            Stage::Noting(input) if input.value().trim().is_empty() => {
                app.say(Tone::Bad, "A note is required: say how you know.");
            }
            Stage::Noting(input) => {
                self.note = Some(input.value().trim().to_owned());
                self.ask(app);
            }
            Stage::Asking(confirmation) => match confirmation.answer() {
                Answer::Yes if run::start(app, &self.commands) => self.stage = Stage::Running,
                Answer::Yes | Answer::No => {}
                Answer::NotYet(why) => why.into_iter().for_each(|why| app.say(Tone::Bad, why)),
            },
            Stage::Choosing | Stage::Running => {}
        }
    }

    fn back(&mut self, app: &mut App) -> Then {
        match &self.stage {
            Stage::Noting(_) | Stage::Asking(_) => {
                self.put_away(app);
                self.stage = Stage::Choosing;
                Then::Stay
            }
            Stage::Running => {
                app.orders.stops = true;
                app.say(Tone::News, "Stopping after the current order. The rest stay as they are.");
                Then::Close
            }
            Stage::Choosing => Then::Close,
        }
    }
}

impl Dialog<App> for Bulk {
    fn scope(&self) -> Scope {
        match self.stage {
            Stage::Choosing => Scope::Many,
            Stage::Noting(_) => Scope::Prompt,
            Stage::Asking(..) | Stage::Running => Scope::Word,
        }
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match (command, &self.stage) {
            (Command::Down, Stage::Choosing) => self.at = (self.at + 1).min(self.lines.len().saturating_sub(1)),
            (Command::Up, Stage::Choosing) => self.at = self.at.saturating_sub(1),
            (Command::Choose, Stage::Choosing) => self.choose(app),
            (Command::Go, _) => self.go(app),
            (Command::NextField, _) => {}
            _ => return self.back(app),
        }
        Then::Stay
    }

    /// Picks a line of the menu by its letter or digit, or types a note or a word.
    fn typed(&mut self, app: &mut App, key: KeyEvent) -> Then {
        match &mut self.stage {
            Stage::Noting(input) => type_key(input, key),
            Stage::Asking(confirmation) => confirmation.type_key(key),
            Stage::Running => {}
            Stage::Choosing => {
                let Some(letter) = keys::name(&key).and_then(|name| name.chars().next()) else { return Then::Stay };
                let digit = letter.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
                let at = digit.filter(|at| *at < self.lines.len());
                match at.or_else(|| self.lines.iter().position(|line| line.letter == letter)) {
                    Some(at) => {
                        self.at = at;
                        self.choose(app);
                    }
                    None => {
                        let why = "None of the marked orders allows this now. Open one of them to see why.";
                        app.say(Tone::News, why);
                    }
                }
            }
        }
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        if let Stage::Noting(note) = &mut self.stage {
            insert(note, text);
        }
    }

    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        match &mut self.stage {
            Stage::Asking(confirmation) => Some(confirmation),
            Stage::Choosing | Stage::Noting(_) | Stage::Running => None,
        }
    }

    /// Keeps the note that is being typed for the next time you choose the same action.
    fn put_away(&mut self, app: &mut App) {
        if let (Stage::Noting(note), Some(which)) = (&self.stage, self.which()) {
            app.orders.note = Some((which, note.value().to_owned()));
        }
    }

    fn takes_words(&self) -> bool {
        matches!(self.stage, Stage::Noting(_))
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        match self.stage {
            Stage::Running => command == Command::Back,
            Stage::Choosing | Stage::Noting(_) | Stage::Asking(_) => command != Command::NextField,
        }
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new(format!("{} marked orders", self.orders.len()), area, look);
        match &self.stage {
            Stage::Choosing => self.menu(&mut dialog),
            Stage::Noting(input) => {
                // The number of orders is fixed with the question; it is not known here.
                dialog.say("One note for all of them.", look.title());
                dialog.space();
                dialog.field(Span::styled(NOTE, look.focus()), input, Style::new());
            }
            Stage::Asking(confirmation) => {
                self.consequence(&mut dialog);
                dialog.space();
                dialog.confirmation(confirmation);
            }
            Stage::Running => {
                let (rest, tally) = app.orders.running.as_ref().map_or_else(Default::default, |(rest, tally)| {
                    // One more is being written.
                    (rest.len() + 1, tally.clone())
                });
                let words = format!("{}: {}. Esc skips the rest.", tally.progress(rest), tally.words());
                dialog.say(&words, look.warn());
            }
        }
        dialog.draw(area, buf)
    }
}
