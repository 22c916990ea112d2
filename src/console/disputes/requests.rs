//! Requests of the dispute desk, and the answers.

use std::path::PathBuf;

use uuid::Uuid;

use crate::cases::law::Refusal;
use crate::console::app::load::Failure;
use crate::console::disputes::shown::{CaseShown, Named, QueueShown};
use crate::desk::cases::{Answer, Command};
use crate::records::{CasePlace, Queue};
use crate::store::cases::presence::Present;

/// What a page shows. An answer that arrives late is shown only on the page that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DocumentKind {
    /// Earlier cases of the same people.
    Hints,
    /// The files of a case.
    Files,
    /// One file of a case, by the number of its event.
    File(Named, i32),
    /// The letters of a case.
    Letters(Named),
    /// The report.
    Report,
}

impl DocumentKind {
    /// The title of the page.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Hints => "Earlier cases of the same people",
            Self::Files => "Attached files",
            Self::File(..) => "An attached file",
            Self::Letters(_) => "Letters to the buyer and the seller",
            Self::Report => "Report on the last 30 days",
        }
    }
}

/// A request that is carried out outside the console's state.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read the counts of the queues, and the cases of one queue after a place.
    Look(Queue, CasePlace),
    /// Read a case with everything that is shown with it. From now on this console is looking at it.
    Case(Named),
    /// This console no longer looks at a case.
    Leave,
    /// Ask to write in a case; with `true`, take over from the person who is writing.
    Edit(Named, bool),
    /// Take the most urgent unclaimed case.
    Next,
    /// Carry out a command.
    Act(Box<Command>),
    /// Find out the outcome of a command.
    Learn(Box<Command>),
    /// Save a draft of this kind; with `None`, delete it.
    Draft(Named, String, Option<String>),
    /// Read an attached file as text, by its event number.
    Preview(Named, i32),
    /// Save an attached file to disk, by its event number.
    Save(Named, i32),
    /// Read a local file and attach it, under this request id.
    Attach(Named, PathBuf, Uuid),
    /// Read the letters of a case.
    Letter(Named),
    /// Read the report of the last thirty days.
    Report,
}

impl Ask {
    /// Whether it only reads.
    pub const fn reads(&self) -> bool {
        match self {
            Self::Look(..) | Self::Case(_) | Self::Preview(..) | Self::Letter(..) | Self::Report => true,
            Self::Leave
            | Self::Edit(..)
            | Self::Next
            | Self::Act(_)
            | Self::Learn(_)
            | Self::Draft(..)
            | Self::Save(..)
            | Self::Attach(..) => false,
        }
    }
}

/// An answer to a request, or a change.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A queue was read, from this place on.
    Seen(Queue, CasePlace, Result<Box<QueueShown>, Failure>),
    /// A case was read.
    Case(Named, Result<Option<Box<CaseShown>>, Failure>),
    /// The people at the case changed.
    Present(Named, Vec<Present>),
    /// Whether this console may write in a case.
    Edit(Named, Result<bool, Failure>),
    /// The most urgent case was taken, or there is none, or it was refused.
    Next(Result<Result<Option<Named>, Refusal>, Failure>),
    /// The answer to a command.
    Acted(Box<Command>, Result<Answer, Failure>),
    /// The answer to a command whose outcome was unknown.
    Learnt(Box<Command>, Result<Option<Answer>, Failure>),
    /// A draft was saved, or not.
    Drafted(Result<(), Failure>),
    /// A page to read: what it shows, and its lines.
    Document(DocumentKind, Result<Vec<String>, String>),
    /// A file was saved: its path, or the error.
    Saved(Result<String, String>),
    /// A file could not be read.
    Unread(String),
}
