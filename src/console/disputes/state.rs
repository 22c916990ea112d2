//! The state of the dispute desk.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::console::app::load::Load;
use crate::console::disputes::shown::{CaseShown, Named, QueueShown};
use crate::console::kit::scroll::Scroll;
use crate::desk::cases::Command;
use crate::records::{Case, Party, Queue};
use crate::store::cases::presence::Present;
use crate::text;

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

/// What is being read.
#[derive(Debug, Default)]
pub struct Loads {
    /// The queues, and the cases of one.
    pub queue: Load,
    /// The selected case.
    pub case: Load,
    /// How the backlog went.
    pub backlog: Load,
}

/// The state of the desk.
#[derive(Debug, Default)]
pub struct Disputes {
    /// The queue that is listed.
    pub queue: Queue,
    /// What is in the queue; `None` until it is read.
    pub seen: Option<QueueShown>,
    /// How many cases were open at the end of each of the last days.
    pub backlog: Vec<i64>,
    /// When that was last asked for.
    pub backlog_at: Option<DateTime<Utc>>,
    /// The selected case.
    pub selected: Option<Named>,
    /// The selected case has left this queue. It stays in its place until you select another.
    pub gone: bool,
    /// The marked cases, as they were when they were marked.
    pub marks: Vec<Case>,
    /// The first case on the screen.
    pub scroll: usize,
    /// The part of the desk that takes keys.
    pub focus: Focus,
    /// The case in the right pane.
    pub shown: Option<Box<CaseShown>>,
    /// The first line of that case on the screen.
    pub case_scroll: Scroll,
    /// The conversation with this party only; with both if `None`.
    pub thread: Option<Party>,
    /// Drafts that were not sent, by case and kind.
    pub drafts: HashMap<(Named, String), String>,
    /// Drafts sent from here. A read that started before that must not bring them back.
    pub sent: HashSet<(Named, String)>,
    /// Drafts that the database does not have yet; `None` deletes the draft there.
    pub unsaved: BTreeMap<(Named, String), Option<String>>,
    /// The draft that is being saved.
    pub saving: Option<(Named, String)>,
    /// The next case was asked for, and is not known yet.
    pub taking: bool,
    /// The command that is being carried out.
    pub writing: Option<Box<Command>>,
    /// The database knows that this console is looking at a case.
    pub sits: bool,
    /// Whether this console may write in the case; `None` until that is known.
    pub may_write: Option<bool>,
    /// What is being read.
    pub loads: Loads,
}

impl Disputes {
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

    /// Selects a case, and forgets what was shown of the one before.
    pub fn select(&mut self, named: Option<Named>) {
        if self.selected == named {
            return;
        }
        if std::mem::take(&mut self.gone)
            && let (Some(at), Some(seen)) = (self.at(), self.seen.as_mut())
        {
            seen.cases.remove(at);
        }
        self.selected = named;
        self.shown = None;
        self.case_scroll = Scroll::default();
        self.may_write = None;
        self.loads.case.due = self.selected.is_some();
    }

    /// Whether the case that the next key is meant for is not on the screen yet.
    pub const fn is_changing(&self) -> bool {
        self.taking || (self.selected.is_some() && self.shown.is_none() && self.loads.case.is_wanted())
    }

    /// Whether someone else is writing here: what they are called.
    pub fn rival(&self, person: &str) -> String {
        self.writer(person).map_or("Someone else".to_owned(), |it| text::clean(&it.person))
    }
}

impl Focus {
    /// The next part; after the last, the first if it goes around.
    pub const fn next(self, around: bool) -> Self {
        match (self, around) {
            (Self::Queues, _) => Self::Cases,
            (Self::Cases, _) | (Self::Case, false) => Self::Case,
            (Self::Case, true) => Self::Queues,
        }
    }

    /// The part before this one.
    pub const fn back(self) -> Self {
        match self {
            Self::Case => Self::Cases,
            Self::Cases | Self::Queues => Self::Queues,
        }
    }
}
