//! One action on all marked orders. The commands are fixed when you choose the action and counted before you confirm.
//! Each order is checked again when its turn comes.

use std::collections::BTreeMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use uuid::Uuid;

use super::act::WORDED;
use super::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::look::Look;
use crate::console::look::name;
use crate::console::view::bulk::Many;
use crate::desk::{self, Answer, Command};
use crate::domain::{Action, Actor, By, Offer, Pot, Proof, Step, Total, decide, describe, menu};
use crate::records::OrderRecord;
use crate::settings::keys::Command as Key;

/// A line of the menu for marked orders.
#[derive(Debug, Clone)]
pub struct Line {
    /// The action.
    pub action: Action,
    /// The actor it is recorded for.
    pub actor: Actor,
    /// Its letter, which never changes.
    pub letter: char,
    /// How many of the orders allow it now.
    pub count: usize,
    /// The sums, by currency: of the most the action allows, or of the amounts the orders were opened with.
    pub totals: Vec<Total>,
    /// The proof that it needs.
    pub proof: Proof,
}

/// What an action leads to, for all orders together.
#[derive(Debug, Clone, Default)]
pub struct Consequences {
    /// The new statuses, and how many orders get each.
    pub to: BTreeMap<&'static str, usize>,
    /// The fees that the provider deducts automatically.
    pub fees: Vec<Total>,
    /// The amounts that can never be captured any more.
    pub lost: Vec<Total>,
}

/// The current step of a bulk action.
#[derive(Debug, Clone)]
pub enum Stage {
    /// Choosing an action in the menu.
    Choosing,
    /// Typing one note for all orders.
    Noting(Input),
    /// Confirming: the word that has to be typed, and what has been typed.
    Asking(String, Input),
    /// Running, with the results so far.
    Running(Tally),
}

/// The results so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Orders with the action recorded.
    pub done: usize,
    /// Refused orders, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Orders that someone moved after they were marked.
    pub changed: usize,
    /// Orders without an answer: the connection was lost before or during their turn.
    pub lost: usize,
}

impl Tally {
    /// How many orders had their turn.
    pub fn count(&self) -> usize {
        self.done + self.refused.values().sum::<usize>() + self.changed + self.lost
    }

    /// The results in words.
    pub fn words(&self) -> String {
        let mut said = vec![format!("{} done", self.done)];
        let refused: usize = self.refused.values().sum();
        if let Some((why, _)) = self.refused.iter().max_by_key(|(_, count)| **count) {
            said.push(format!("{refused} refused ({why})"));
        }
        said.extend((self.changed > 0).then(|| format!("{} changed meanwhile", self.changed)));
        said.extend((self.lost > 0).then(|| format!("{} without an answer", self.lost)));
        said.join(", ")
    }
}

/// The marked orders and the action on them.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// The orders as they were when this was opened.
    pub orders: Vec<OrderRecord>,
    /// The actions that at least one of the orders allows.
    pub lines: Vec<Line>,
    /// The selected line.
    pub at: usize,
    /// The note for all orders.
    pub note: Option<String>,
    /// The current step.
    pub stage: Stage,
    /// The commands, in the order they run.
    pub commands: Vec<Command>,
    /// What the commands lead to.
    pub outcome: Consequences,
    /// The question was on the screen. Keys pressed before that do not answer it.
    pub seen: bool,
}

impl Consequences {
    fn add(&mut self, stored: &OrderRecord, step: &Step) {
        let order = step.order();
        *self.to.entry(name(order.status)).or_default() += 1;
        let currency = order.amount.currency;
        if let Some(fee) = stored.cancellation_fee.filter(|fee| step.action() == Action::Cancel && *fee > 0) {
            Total::gather(&mut self.fees, currency, i128::from(fee));
        }
        if describe::ends_captures(step) {
            Total::gather(&mut self.lost, currency, i128::from(order.facts.left(Pot::Uncaptured)));
        }
    }
}

impl Bulk {
    fn of(orders: Vec<OrderRecord>) -> Self {
        let (lines, commands, outcome) = (Vec::new(), Vec::new(), Consequences::default());
        Self { orders, lines, at: 0, note: None, stage: Stage::Choosing, commands, outcome, seen: false }
    }

    /// The selected line.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.at)
    }

    /// The text field that takes keys now.
    fn field(&mut self) -> Option<&mut Input> {
        match &mut self.stage {
            Stage::Noting(input) => Some(input),
            Stage::Asking(_, input) if self.seen => Some(input),
            Stage::Choosing | Stage::Asking(..) | Stage::Running(_) => None,
        }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if let Some(field) = self.field() {
            field.handle_event(&Event::Key(key));
        }
    }
}

impl App {
    /// What can be done to this order together with others. Actions that decide who gets what, or need a reference, are
    /// done one order at a time.
    fn offers(&self, stored: &OrderRecord) -> Vec<(Action, Actor, char, Offer)> {
        let choices = menu(&stored.order, By::Person(self.session.roles), self.now);
        let offered = choices.into_iter().filter_map(|it| Some((it.action, it.actor, it.letter, it.verdict.ok()?)));
        let one_by_one =
            |action, offer: &Offer| WORDED.contains(&action) || offer.parts || offer.proof == Proof::Reference;
        offered.filter(|(action, _, _, offer)| !one_by_one(*action, offer)).collect()
    }

    pub(super) fn open_bulk(&mut self) {
        let orders = self.marks.orders().to_vec();
        let mut bulk = Bulk::of(orders);
        if let Some((rest, tally)) = &self.running {
            // Show the run that is in progress.
            (bulk.commands, bulk.stage) = (rest.clone(), Stage::Running(tally.clone()));
            return self.layers.push(Layer::Bulk(Box::new(bulk)));
        }
        let mut lines: Vec<Line> = Vec::new();
        for stored in &bulk.orders {
            for (action, actor, letter, offer) in self.offers(stored) {
                let at = lines.iter().position(|line| (line.action, line.actor) == (action, actor));
                let at = at.unwrap_or_else(|| {
                    lines.push(Line { action, actor, letter, count: 0, totals: Vec::new(), proof: offer.proof });
                    lines.len() - 1
                });
                lines[at].count += 1;
                let whole = stored.order.amount;
                let minor = i128::from(offer.most.unwrap_or(whole).minor);
                Total::gather(&mut lines[at].totals, whole.currency, minor);
            }
        }
        lines.sort_by_key(|line| !line.actor.is_us());
        bulk.lines = lines;
        self.layers.push(Layer::Bulk(Box::new(bulk)));
    }

    /// Picks a line of the menu by its letter or digit.
    pub(super) fn pick_bulk(&mut self, key: &str) -> Vec<Effect> {
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return Vec::new() };
        let letter = key.chars().next().unwrap_or(' ');
        let digit = letter.to_digit(10).and_then(|digit| (digit as usize).checked_sub(1));
        let at = digit.filter(|at| *at < bulk.lines.len());
        match at.or_else(|| bulk.lines.iter().position(|line| line.letter == letter)) {
            Some(at) => {
                bulk.at = at;
                self.choose_bulk()
            }
            None => {
                self.say(Tone::News, "None of the marked orders allows this now. Open one of them to see why.");
                Vec::new()
            }
        }
    }

    pub(super) fn on_bulk(&mut self, command: Key) -> Vec<Effect> {
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return Vec::new() };
        let last = bulk.lines.len().saturating_sub(1);
        match (command, &mut bulk.stage) {
            (Key::Down, Stage::Choosing) => bulk.at = (bulk.at + 1).min(last),
            (Key::Up, Stage::Choosing) => bulk.at = bulk.at.saturating_sub(1),
            (Key::Choose, Stage::Choosing) => return self.choose_bulk(),
            (Key::Go, Stage::Noting(input)) if input.value().trim().is_empty() => {
                self.say(Tone::Bad, "A note is required: say how you know.");
            }
            (Key::Go, Stage::Noting(input)) => {
                bulk.note = Some(input.value().trim().to_owned());
                self.ask_bulk();
            }
            (Key::Go, Stage::Asking(word, typed)) if bulk.seen && typed.value().trim() == *word => {
                return self.run_bulk();
            }
            (Key::Go, Stage::Asking(word, _)) if bulk.seen => {
                let words = format!("Type {word:?}, letter by letter, to continue.");
                self.say(Tone::Bad, words);
            }
            (Key::Go | Key::NextField, _) => {}
            (_, Stage::Noting(_)) => {
                self.keep_bulk_note();
                if let Some(Layer::Bulk(bulk)) = self.layers.last_mut() {
                    bulk.stage = Stage::Choosing;
                }
            }
            (_, Stage::Asking(..)) => bulk.stage = Stage::Choosing,
            (_, Stage::Running(_)) => {
                self.layers.pop();
                self.stop_bulk = true;
                self.say(Tone::News, "Stopping after the current order. The rest stay as they are.");
            }
            _ => _ = self.layers.pop(),
        }
        Vec::new()
    }

    fn choose_bulk(&mut self) -> Vec<Effect> {
        if self.session.read_only {
            self.say(Tone::Bad, "Read-only: nothing is written here.");
            return Vec::new();
        }
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return Vec::new() };
        match bulk.line().map(|line| line.proof) {
            None => {}
            Some(Proof::Note) => {
                let which = bulk.line().map(|line| (line.action, line.actor));
                let kept = self.bulk_note.as_ref().filter(|(known, _)| Some(*known) == which);
                bulk.stage = Stage::Noting(Input::new(kept.map(|(_, note)| note.clone()).unwrap_or_default()));
            }
            Some(Proof::Nothing | Proof::Reference) => {
                bulk.note = None;
                self.ask_bulk();
            }
        }
        Vec::new()
    }

    /// Keeps the note that is being typed for the next time you choose the same action.
    pub(super) fn keep_bulk_note(&mut self) {
        if let Some(Layer::Bulk(bulk)) = self.layers.last()
            && let (Stage::Noting(note), Some(line)) = (&bulk.stage, bulk.line())
        {
            self.bulk_note = Some(((line.action, line.actor), note.value().to_owned()));
        }
    }

    /// Opens the question. This fixes the commands, each with the version of its order.
    fn ask_bulk(&mut self) {
        let Some(Layer::Bulk(bulk)) = self.layers.last() else { return };
        let Some(Line { action, actor, .. }) = bulk.line().cloned() else { return };
        let (mut commands, mut outcome) = (Vec::new(), Consequences::default());
        for stored in &bulk.orders {
            let offers = self.offers(stored);
            let Some((.., offer)) = offers.into_iter().find(|it| (it.0, it.1) == (action, actor)) else { continue };
            let (note, order) = (bulk.note.clone(), stored.order.key.clone());
            let number = self.requests + 1 + commands.len() as u128;
            let command = Command {
                order,
                action,
                actor,
                amount: offer.most,
                parts: None,
                note,
                reference: None,
                reason: None,
                expect: Some(stored.order.version),
                request: Uuid::from_u128(self.session.id.as_u128().wrapping_add(number)),
            };
            if let Ok(step) = decide(&stored.order, &desk::ask(&command, self.session.roles, self.now)) {
                outcome.add(stored, &step);
                commands.push(command);
            }
        }
        self.requests += commands.len() as u128;
        if let Some(Layer::Bulk(bulk)) = self.layers.last_mut() {
            let word = format!("{} {}", action.name(), commands.len());
            (bulk.commands, bulk.outcome) = (commands, outcome);
            (bulk.stage, bulk.seen) = (Stage::Asking(word, Input::default()), false);
        }
    }

    fn run_bulk(&mut self) -> Vec<Effect> {
        let area = self.layout().map_or(Rect::ZERO, |layout| layout.body);
        let fits = |bulk: &Bulk| Many { bulk, look: Look::measure() }.fits(area);
        if !matches!(self.layers.last(), Some(Layer::Bulk(bulk)) if fits(bulk)) {
            self.say(Tone::Bad, "This screen is too small to show all of it. Make it larger first.");
            return Vec::new();
        }
        if self.link != Link::Live {
            self.say(Tone::Bad, "Not connected: nothing can be written now.");
            return Vec::new();
        }
        if self.writing.is_some() || self.running.is_some() {
            self.say(Tone::Bad, "Another write is still in progress. Try again when it is done.");
            return Vec::new();
        }
        let Some(Layer::Bulk(bulk)) = self.layers.last_mut() else { return Vec::new() };
        bulk.stage = Stage::Running(Tally::default());
        let mut rest = bulk.commands.clone();
        rest.reverse();
        self.stop_bulk = false;
        self.bulk_note = None;
        self.running = Some((rest, Tally::default()));
        self.next_of_bulk()
    }

    /// Runs the next command, or reports the results after the last.
    fn next_of_bulk(&mut self) -> Vec<Effect> {
        let stop = self.stop_bulk;
        let Some((rest, tally)) = &mut self.running else { return Vec::new() };
        match rest.pop().filter(|_| !stop) {
            Some(command) => vec![Effect::WriteOne(Box::new(command))],
            None => {
                let (words, none) = (tally.words(), tally.count() == tally.done);
                self.running = None;
                let runs = |layer: &Layer| matches!(layer, Layer::Bulk(it) if matches!(it.stage, Stage::Running(_)));
                self.layers.retain(|layer| !runs(layer));
                self.loads.board.due = true;
                self.loads.list.due = true;
                self.loads.order.due = true;
                let left = if self.marks.is_empty() { "" } else { " The others are still marked." };
                self.say(if none { Tone::Good } else { Tone::Bad }, format!("Marked orders: {words}.{left}"));
                Vec::new()
            }
        }
    }

    /// Counts the answer to one command, and runs the next.
    pub(super) fn wrote_one(&mut self, command: &Command, answer: Result<Answer, Failure>) -> Vec<Effect> {
        let Some((rest, tally)) = &mut self.running else { return Vec::new() };
        match answer {
            Ok(Answer::Done(_)) => {
                tally.done += 1;
                self.marks.remove(&command.order);
            }
            Ok(Answer::Refused(refusal)) => *tally.refused.entry(refusal.to_string()).or_default() += 1,
            Ok(Answer::Conflict(now, _)) => {
                tally.changed += 1;
                // The next try uses the order as it is now.
                self.marks.renew(*now);
            }
            Ok(Answer::Missing) => tally.changed += 1,
            Ok(Answer::Would(_)) => {}
            Err(Failure::Other(text)) => *tally.refused.entry(text).or_default() += 1,
            Err(Failure::Lost | Failure::Unknown) => {
                // The database does not answer: do not try the rest.
                tally.lost += 1 + rest.len();
                rest.clear();
            }
        }
        let tally = tally.clone();
        for layer in &mut self.layers {
            match layer {
                Layer::Bulk(bulk) if matches!(bulk.stage, Stage::Running(_)) => {
                    bulk.stage = Stage::Running(tally.clone())
                }
                _ => {}
            }
        }
        self.next_of_bulk()
    }
}
