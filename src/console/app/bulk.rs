//! One action on all marked orders: frozen when it is chosen, counted before it is agreed to, and judged again one by one
//! when its turn comes.

use std::collections::BTreeMap;

use crossterm::event::{Event, KeyEvent};
use ratatui::layout::Rect;
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;
use uuid::Uuid;

use super::act::WORDED;
use super::{App, Effect, Failure, Layer, Link, Tone};
use crate::console::keys::Command as Key;
use crate::console::look::Look;
use crate::console::look::name;
use crate::console::view::bulk::Many;
use crate::desk::{self, Answer, Command};
use crate::domain::{Action, Actor, By, Offer, Proof, Status, Step, Total, decide, menu, tamara};
use crate::store::Stored;

/// One line of the menu for many.
#[derive(Debug, Clone)]
pub struct Line {
    /// What.
    pub action: Action,
    /// For whom it is recorded.
    pub actor: Actor,
    /// Its letter, for ever the same.
    pub letter: char,
    /// On how many of them it may be done now.
    pub count: usize,
    /// What they come to together: the amounts it bears, or what the orders were opened with.
    pub totals: Vec<Total>,
    /// What a person has to give with it.
    pub proof: Proof,
}

/// What an action leads to, of all orders together.
#[derive(Debug, Clone, Default)]
pub struct Consequences {
    /// What they become, and how many of them.
    pub to: BTreeMap<&'static str, usize>,
    /// What the provider deducts by itself.
    pub fees: Vec<Total>,
    /// What can never be captured any more.
    pub lost: Vec<Total>,
}

/// How far it has come.
#[derive(Debug, Clone)]
pub enum Stage {
    /// The menu.
    Choosing,
    /// One note for all.
    Noting(Input),
    /// The word that has to be typed, and what was.
    Asking(String, Input),
    /// It is being carried out.
    Running(Tally),
}

/// What became of them so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Recorded.
    pub done: usize,
    /// The law said no, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Somebody moved the order since it was marked.
    pub changed: usize,
    /// The connection was lost before their turn, or while it was.
    pub lost: usize,
}

impl Tally {
    /// How many had their turn.
    pub fn count(&self) -> usize {
        self.done + self.refused.values().sum::<usize>() + self.changed + self.lost
    }

    /// In words.
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

/// The marked orders, and what is done to them.
#[derive(Debug, Clone)]
pub struct Bulk {
    /// As they were when this was opened.
    pub orders: Vec<Stored>,
    /// What may be done to any of them.
    pub lines: Vec<Line>,
    /// The selected line.
    pub at: usize,
    /// The note for all.
    pub note: Option<String>,
    /// How far it has come.
    pub stage: Stage,
    /// What is being done, in the order it is done.
    pub commands: Vec<Command>,
    /// What it leads to.
    pub outcome: Consequences,
    /// The question was on the screen: keys from before are no answer to it.
    pub seen: bool,
}

impl Consequences {
    fn add(&mut self, stored: &Stored, step: &Step) {
        let order = step.order();
        *self.to.entry(name(order.status)).or_default() += 1;
        let currency = order.amount.currency;
        if let Some(fee) = stored.cancellation_fee.filter(|fee| step.action() == Action::Cancel && *fee > 0) {
            Total::gather(&mut self.fees, currency, i128::from(fee));
        }
        let partly = Status::Tamara(tamara::Status::PartiallyCaptured);
        let rest = order.facts.authorised - order.facts.canceled - order.facts.captured;
        if step.action() == Action::Refund && step.from() == partly && rest > 0 {
            Total::gather(&mut self.lost, currency, i128::from(rest));
        }
    }
}

impl Bulk {
    fn of(orders: Vec<Stored>) -> Self {
        let (lines, commands, outcome) = (Vec::new(), Vec::new(), Consequences::default());
        Self { orders, lines, at: 0, note: None, stage: Stage::Choosing, commands, outcome, seen: false }
    }

    /// The line under the keys.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.at)
    }

    /// The text field under the keys.
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
    /// What may be done to an order among many: decisions about who gets what, and references, are one by one.
    fn offers(&self, stored: &Stored) -> Vec<(Action, Actor, char, Offer)> {
        let choices = menu(&stored.order, By::Person(self.seat.roles), self.now);
        let offered = choices.into_iter().filter_map(|it| Some((it.action, it.actor, it.letter, it.verdict.ok()?)));
        let one_by_one =
            |action, offer: &Offer| WORDED.contains(&action) || offer.parts || offer.proof == Proof::Reference;
        offered.filter(|(action, _, _, offer)| !one_by_one(*action, offer)).collect()
    }

    pub(super) fn open_bulk(&mut self) {
        let orders = self.marks.orders().to_vec();
        let mut bulk = Bulk::of(orders);
        if let Some((rest, tally)) = &self.running {
            // What is under way is looked at again.
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

    /// A letter or a digit of the menu for many.
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
                self.say(Tone::News, "that may be done to none of the marked orders now; mark one alone to see why");
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
                self.say(Tone::Bad, "a note is mandatory: say how you know");
            }
            (Key::Go, Stage::Noting(input)) => {
                bulk.note = Some(input.value().trim().to_owned());
                self.ask_bulk();
            }
            (Key::Go, Stage::Asking(word, typed)) if bulk.seen && typed.value().trim() == *word => {
                return self.run_bulk();
            }
            (Key::Go, Stage::Asking(word, _)) if bulk.seen => {
                let words = format!("type {word:?}, letter by letter, to go on");
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
                self.say(Tone::News, "the rest is left alone, once the one under way is done");
            }
            _ => _ = self.layers.pop(),
        }
        Vec::new()
    }

    fn choose_bulk(&mut self) -> Vec<Effect> {
        if self.seat.read_only {
            self.say(Tone::Bad, "read-only: nothing is written here");
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

    /// The note that is being typed is there again, should the same be asked of others.
    pub(super) fn keep_bulk_note(&mut self) {
        if let Some(Layer::Bulk(bulk)) = self.layers.last()
            && let (Stage::Noting(note), Some(line)) = (&bulk.stage, bulk.line())
        {
            self.bulk_note = Some(((line.action, line.actor), note.value().to_owned()));
        }
    }

    /// On to the question: the commands are fixed here, each with the version its order had.
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
                request: Uuid::from_u128(self.seat.session.as_u128().wrapping_add(number)),
            };
            if let Ok(step) = decide(&stored.order, &desk::ask(&command, self.seat.roles, self.now)) {
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
            self.say(Tone::Bad, "this screen is too small to read all of it: make it larger first");
            return Vec::new();
        }
        if self.link != Link::Live {
            self.say(Tone::Bad, "not connected: nothing can be written now");
            return Vec::new();
        }
        if self.writing.is_some() || self.running.is_some() {
            self.say(Tone::Bad, "another write is still under way");
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

    /// The next of them has its turn.
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
                let left = if self.marks.is_empty() { "" } else { "; what was not done is still marked" };
                self.say(if none { Tone::Good } else { Tone::Bad }, format!("marked orders: {words}{left}"));
                Vec::new()
            }
        }
    }

    /// One of them was carried out, or not.
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
                // Whoever asks again asks about what it is now.
                self.marks.renew(*now);
            }
            Ok(Answer::Missing) => tally.changed += 1,
            Ok(Answer::Would(_)) => {}
            Err(Failure::Other(text)) => *tally.refused.entry(text).or_default() += 1,
            Err(Failure::Lost | Failure::Unknown) => {
                // Nothing more is tried on a database that does not answer.
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
