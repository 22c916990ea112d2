//! The dispute desk: queues, cases, one case. The menu of case actions is in [`case_menu`], their forms are in [`sheet`].

pub mod case_menu;
pub mod message;
mod paper;
pub mod sheet;
pub mod slot;
mod typing;

use std::collections::{BTreeMap, HashMap, HashSet};

use strum::VariantArray;

use super::{App, Effect, Failure, Layer, Link, Tone};
use crate::cases::Policy;
use crate::console::app::window::follow;
use crate::console::layout::Pane;
use crate::desk::cases::Command;
use crate::domain::atarapay;
use crate::records::Queue;
use crate::records::{Case, CaseEvent, CasePlace};
use crate::records::{CaseDetail, Hint};
use crate::records::{OrderRecord, Transition};
use crate::settings::keys::Command as Key;
use crate::store::cases::presence::Present;
pub use message::{Ask, News};
pub use paper::{Paper, PaperKind};

/// A case: its order and its number.
pub type Named = (String, i32);

/// The most cases of a queue that are counted. Above this the screen says that there are more.
pub const MOST_COUNTED: i64 = 1_000;

/// In place of a case number: the open case of the order, or the latest.
pub const OPEN: i32 = 0;

/// What is in a queue now.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// How many cases are in each queue, by its name.
    pub counts: Vec<(String, i64)>,
    /// The cases from a place on.
    pub cases: Vec<Case>,
    /// There are more cases after these.
    pub more: bool,
}

/// A case with everything that is shown with it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CaseShown {
    /// The case, its log, decision and payouts.
    pub whole: CaseDetail,
    /// Its order.
    pub stored: OrderRecord,
    /// The transitions of the order.
    pub log: Vec<Transition>,
    /// The events of other cases of the same order, with their case numbers.
    pub others: Vec<(i32, CaseEvent)>,
    /// Earlier cases of the same people.
    pub hints: Vec<Hint>,
    /// This person's drafts: kinds and texts.
    pub drafts: Vec<(String, String)>,
    /// Who is looking at the case or writing in it.
    pub present: Vec<Present>,
    /// The policy of the desk.
    pub policy: Policy,
}

impl CaseShown {
    /// The order and the number of the case.
    pub fn named(&self) -> Named {
        (self.whole.case.order_id.clone(), self.whole.case.number)
    }
}

/// The part of the desk that takes keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The queues.
    Queues,
    /// The list of cases.
    #[default]
    Cases,
    /// The selected case.
    Case,
}

/// The state of the desk.
#[derive(Debug, Default)]
pub struct Desk {
    /// The queue that is listed.
    pub queue: Queue,
    /// What is in the queue; `None` until it is read.
    pub seen: Option<Seen>,
    /// The selected case.
    pub selected: Option<Named>,
    /// The selected case has left this queue. It stays in its place until you select another.
    pub gone: bool,
    /// The first case on the screen.
    pub scroll: usize,
    /// The part of the desk that takes keys.
    pub focus: Focus,
    /// The case in the right pane.
    pub shown: Option<Box<CaseShown>>,
    /// The first line of that case on the screen.
    pub case_scroll: usize,
    /// Drafts that were not sent, by case and kind.
    pub drafts: HashMap<(Named, String), String>,
    /// Drafts sent from here. A read that started before that must not bring them back.
    pub(super) sent: HashSet<(Named, String)>,
    /// Drafts that the database does not have yet; `None` deletes the draft there.
    pub(super) unsaved: BTreeMap<(Named, String), Option<String>>,
    pub(super) saving: Option<(Named, String)>,
    /// The command that is being carried out.
    pub writing: Option<Box<Command>>,
    /// The database knows that this console is looking at a case.
    pub(super) sits: bool,
    /// Whether this console may write in the case; `None` until that is known.
    pub may_write: Option<bool>,
}

impl Desk {
    /// The listed cases.
    pub fn cases(&self) -> &[Case] {
        self.seen.as_ref().map_or(&[], |seen| &seen.cases)
    }

    /// The line of the selected case, if it is still listed.
    pub fn at(&self) -> Option<usize> {
        let (order, number) = self.selected.as_ref()?;
        self.cases().iter().position(|case| case.order_id == *order && case.number == *number)
    }

    /// How many cases are in a queue.
    pub fn count(&self, queue: Queue) -> Option<i64> {
        let counts = &self.seen.as_ref()?.counts;
        Some(counts.iter().find(|(name, _)| name == queue.name()).map_or(0, |(_, count)| *count))
    }

    /// Someone else who is writing in the case. Your own other consoles do not count, not even one that crashed.
    pub fn writer(&self, person: &str) -> Option<&Present> {
        self.shown.as_ref()?.present.iter().find(|it| it.editing && it.person != person)
    }
}

impl App {
    pub(super) fn open_desk(&mut self) {
        self.loads.desk.due = true;
        self.loads.case.due = self.desk.selected.is_some();
        if !self.layers.iter().any(|layer| matches!(layer, Layer::Desk)) {
            self.layers.push(Layer::Desk);
        }
    }

    /// Opens the desk, at the case of the shown order if that order is in dispute.
    pub(super) fn open_desk_at_the_order(&mut self) {
        self.open_desk();
        let order = self.shown.as_ref().map(|shown| &shown.stored.order).filter(|_| self.layers.len() == 1);
        let disputed = order.filter(|order| atarapay::in_dispute(order.status));
        if let Some(order) = disputed.filter(|_| self.focus != Pane::Board) {
            // The case number is known once the case is read.
            self.select_case(Some((order.key.to_string(), OPEN)));
            self.desk.focus = Focus::Case;
        }
    }

    pub(super) fn select_case(&mut self, named: Option<Named>) {
        if self.desk.selected == named {
            return;
        }
        if std::mem::take(&mut self.desk.gone)
            && let (Some(at), Some(seen)) = (self.desk.at(), self.desk.seen.as_mut())
        {
            seen.cases.remove(at);
        }
        self.desk.selected = named;
        self.desk.shown = None;
        self.desk.case_scroll = 0;
        self.desk.may_write = None;
        self.loads.case.due = self.desk.selected.is_some();
    }

    pub(super) fn take_desk(&mut self, news: News) -> Vec<Effect> {
        match news {
            News::Seen(queue, from, seen) => self.take_queue(queue, &from, seen),
            News::Case(named, shown) => self.take_case(&named, shown),
            News::Present(named, present) => {
                if let Some(shown) = self.desk.shown.as_mut().filter(|shown| shown.named() == named) {
                    shown.present = present;
                }
                self.lose_the_pen();
            }
            News::Edit(named, may) => self.take_edit(&named, may),
            News::Next(next) => self.take_next(next),
            News::Acted(command, answer) => return self.acted(command, answer),
            News::Learnt(command, answer) => return self.case_learnt(command, answer),
            News::Drafted(result) => self.drafted(&result),
            News::Paper(kind, lines) => self.take_paper(&kind, lines),
            News::Saved(Ok(path)) => self.say(Tone::Good, format!("Saved as {path}.")),
            News::Saved(Err(fault)) | News::Unread(fault) => {
                self.desk.writing = None;
                self.sheet_failed(&fault);
                self.say(Tone::Bad, fault);
            }
        }
        Vec::new()
    }

    fn take_queue(&mut self, queue: Queue, from: &CasePlace, seen: Result<Box<Seen>, Failure>) {
        self.loads.desk.end(&seen);
        if queue != self.desk.queue {
            self.loads.desk.due = true;
            return;
        }
        match seen {
            Ok(mut seen) => {
                if *from != CasePlace::start()
                    && let Some(before) = self.desk.seen.take()
                {
                    let mut cases = before.cases;
                    cases.retain(|case| case.place() < *from || case.place() == *from);
                    cases.append(&mut seen.cases);
                    seen.cases = cases;
                }
                self.keep_the_selected(&mut seen);
                self.desk.seen = Some(*seen);
                if self.desk.selected.is_none() {
                    let first = self.desk.cases().first().map(|case| (case.order_id.clone(), case.number));
                    self.select_case(first);
                }
            }
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the cases: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
    }

    /// Keeps the selected case in the list, even if it has left the queue.
    fn keep_the_selected(&mut self, seen: &mut Seen) {
        let before = self.desk.at().map(|at| (at, self.desk.cases()[at].clone()));
        let is_there =
            |case: &Case| seen.cases.iter().any(|it| (&it.order_id, it.number) == (&case.order_id, case.number));
        self.desk.gone = before.as_ref().is_some_and(|(_, case)| !is_there(case));
        if let Some((at, case)) = before.filter(|_| self.desk.gone) {
            seen.cases.insert(at.min(seen.cases.len()), case);
        }
    }

    fn take_case(&mut self, named: &Named, shown: Result<Option<Box<CaseShown>>, Failure>) {
        self.loads.case.end(&shown);
        if named.1 == OPEN
            && self.desk.selected.as_ref() == Some(named)
            && let Ok(Some(shown)) = &shown
        {
            self.desk.selected = Some(shown.named());
        }
        let read = shown.as_ref().ok().and_then(|shown| Some(shown.as_ref()?.named()));
        let named = &read.unwrap_or_else(|| named.clone());
        if self.desk.selected.as_ref() != Some(named) {
            self.loads.case.due = self.desk.selected.is_some();
            return;
        }
        match shown {
            Ok(Some(shown)) => {
                for (kind, body) in &shown.drafts {
                    if self.desk.sent.contains(&(named.clone(), kind.clone())) {
                        continue;
                    }
                    // What is typed here is newer than the saved draft.
                    self.desk.drafts.entry((named.clone(), kind.clone())).or_insert_with(|| body.clone());
                }
                self.case_moved(&shown);
                self.desk.shown = Some(shown);
            }
            Ok(None) => self.say(Tone::Bad, "This case does not exist."),
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not read the case: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {}
        }
    }

    fn take_next(&mut self, next: Result<Result<Option<Named>, crate::cases::law::Refusal>, Failure>) {
        match next {
            Ok(Ok(Some(named))) => {
                let id = named.0.split_once(':').map_or(named.0.clone(), |(_, id)| id.to_owned());
                self.say(Tone::Good, format!("{id} is yours now."));
                self.desk.queue = Queue::Mine;
                self.loads.desk.due = true;
                self.select_case(Some(named));
                self.desk.focus = Focus::Case;
            }
            Ok(Ok(None)) => self.say(Tone::News, "There is no unclaimed case."),
            Ok(Err(refusal)) => self.say(Tone::Bad, refusal.words),
            Err(Failure::Other(text)) => self.say(Tone::Bad, text),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, "The database does not answer. Check Mine before you try again.");
            }
        }
    }

    fn drafted(&mut self, result: &Result<(), Failure>) {
        if let (Err(_), Some(kept)) = (result, self.desk.saving.take()) {
            // Save it again later, with the text it has by then.
            let body = self.desk.drafts.get(&kept).cloned();
            self.desk.unsaved.entry(kept).or_insert(body);
        }
    }

    /// Asks for what the desk has to read or save now.
    pub(super) fn pump_desk(&mut self, live: bool) -> Vec<Effect> {
        let mut effects = Vec::new();
        if live
            && self.desk.saving.is_none()
            && !self.session.read_only
            && let Some((kept, body)) = self.desk.unsaved.pop_first()
        {
            self.desk.saving = Some(kept.clone());
            effects.push(Effect::Desk(Ask::Draft(kept.0, kept.1, body)));
        }
        if !self.layers.iter().any(|layer| matches!(layer, Layer::Desk)) {
            return effects;
        }
        if let Some(named) = self.desk.selected.clone()
            && self.loads.case.start(live)
        {
            self.desk.sits = true;
            effects.push(Effect::Desk(Ask::Case(named)));
        }
        if self.desk.selected.is_none() && std::mem::take(&mut self.desk.sits) {
            effects.push(Effect::Desk(Ask::Leave));
        }
        if self.loads.desk.start(live) {
            effects.push(Effect::Desk(Ask::Look(self.desk.queue, CasePlace::start())));
        }
        effects
    }

    pub(super) fn on_desk(&mut self, command: Key) -> Vec<Effect> {
        let page = isize::from(i16::try_from(self.size.1).unwrap_or(24)).max(4) - 4;
        match command {
            Key::Down => return self.move_on_desk(1),
            Key::Up => return self.move_on_desk(-1),
            Key::PageDown => return self.move_on_desk(page),
            Key::PageUp => return self.move_on_desk(-page),
            Key::First => return self.move_on_desk(isize::MIN / 2),
            Key::Last => return self.move_on_desk(isize::MAX / 2),
            Key::NextPane | Key::Open => self.desk.focus = self.desk.focus.next(command == Key::NextPane),
            Key::PreviousPane => self.desk.focus = self.desk.focus.next(true).next(true),
            Key::Actions => self.open_case_menu(),
            Key::NextCase if self.link != Link::Live => {
                self.say(Tone::Bad, "Not connected: nothing can be written now.")
            }
            Key::NextCase => return vec![Effect::Desk(Ask::Next)],
            Key::Hints => self.open_hints(),
            Key::Files => self.open_files(),
            Key::Report => return self.open_paper(PaperKind::Report, Ask::Report),
            Key::Letter => return self.open_letter(),
            Key::Goto => self.ask_for_an_order(),
            Key::Back if self.desk.focus != Focus::Queues => self.desk.focus = self.desk.focus.back(),
            _ => {
                self.layers.retain(|layer| !matches!(layer, Layer::Desk));
                return vec![Effect::Desk(Ask::Leave)];
            }
        }
        Vec::new()
    }

    fn move_on_desk(&mut self, by: isize) -> Vec<Effect> {
        match self.desk.focus {
            Focus::Queues => {
                let at = Queue::VARIANTS.iter().position(|queue| *queue == self.desk.queue).unwrap_or(0);
                let queue = Queue::VARIANTS[moved(at, by, Queue::VARIANTS.len())];
                if queue != self.desk.queue {
                    self.desk.queue = queue;
                    self.select_case(None);
                    self.desk.seen.as_mut().into_iter().for_each(|seen| seen.cases.clear());
                    self.desk.scroll = 0;
                    self.loads.desk.due = true;
                }
            }
            Focus::Cases => {
                let cases = self.desk.cases();
                // If no listed case is selected, go to the first case on the screen.
                let from = self.desk.at().unwrap_or(self.desk.scroll.min(cases.len().saturating_sub(1)));
                let at = if self.desk.at().is_some() { moved(from, by, cases.len()) } else { from };
                let named = cases.get(at).map(|case| (case.order_id.clone(), case.number));
                let last = at + 1 >= cases.len();
                let more = self.desk.seen.as_ref().is_some_and(|seen| seen.more);
                let place = cases.last().map(Case::place);
                self.select_case(named);
                if let Some(place) =
                    place.filter(|_| last && more && self.loads.desk.start_more(self.link == Link::Live))
                {
                    return vec![Effect::Desk(Ask::Look(self.desk.queue, place))];
                }
            }
            Focus::Case => {
                let length = crate::console::view::desk::length(self);
                let screen = self.layout().map_or(1, |layout| usize::from(layout.body.height));
                self.desk.case_scroll = moved(self.desk.case_scroll, by, length.saturating_sub(screen) + 1);
            }
        }
        Vec::new()
    }

    /// Keeps the selected case on the screen.
    pub(super) fn settle_desk(&mut self) {
        let height = self.layout().map_or(1, |layout| usize::from(layout.body.height).saturating_sub(2));
        if let Some(at) = self.desk.at() {
            self.desk.scroll = follow(self.desk.scroll, at, height, self.desk.cases().len());
        }
    }
}

impl Focus {
    const fn next(self, around: bool) -> Self {
        match (self, around) {
            (Self::Queues, _) => Self::Cases,
            (Self::Cases, _) | (Self::Case, false) => Self::Case,
            (Self::Case, true) => Self::Queues,
        }
    }

    const fn back(self) -> Self {
        match self {
            Self::Case => Self::Cases,
            Self::Cases | Self::Queues => Self::Queues,
        }
    }
}

/// Moves a line number by some lines, and keeps it below `count`.
fn moved(at: usize, by: isize, count: usize) -> usize {
    at.saturating_add_signed(by).min(count.saturating_sub(1))
}
