//! Requests of the dispute desk, and the answers.

use std::path::PathBuf;

use uuid::Uuid;

use crate::cases::law::Refusal;
use crate::console::app::load::Failure;
use crate::console::disputes::shown::{CaseShown, Named, QueueShown};
use crate::desk::cases::{Answer, Bulk, Command};
use crate::records::report::Common;
use crate::records::{Case, CasePlace, Queue};
use crate::store::cases::presence::Present;

/// What a page shows. An answer that arrives late is shown only on the page that asked for it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum DocumentKind {
    /// Earlier orders and cases of an order's people.
    History(String),
    /// An earlier order, or a case of it.
    Earlier(String, Option<i32>),
    /// The files of a case.
    Files,
    /// One file of a case, by the number of its event.
    File(Named, i32),
    /// The letters of a case.
    Letters(Named),
    /// What became of an action on many cases.
    Done,
    /// The cases behind a line of the report.
    Behind(Common, String),
    /// The report.
    Report,
}

impl DocumentKind {
    /// The title of the page.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::History(_) => "Earlier orders and cases of the same people, the strongest match first",
            Self::Earlier(..) => "An earlier order: go back to return",
            Self::Files => "Attached files",
            Self::File(..) => "An attached file",
            Self::Letters(_) => "Letters to the buyer and the seller",
            Self::Done => "What became of each case",
            Self::Behind(..) => "The cases behind it, the latest first",
            Self::Report => "Report on the last 30 days",
        }
    }
}

/// An earlier order, and the number of its case if it had one.
pub type Earlier = (String, Option<i32>);

/// A line of the report, and by what the cases behind it are found.
pub type Line = (String, Option<(Common, String)>);

/// What is in a folder.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// It is a folder.
    pub folder: bool,
    /// Its size in bytes.
    pub size: u64,
}

/// A small picture: its width and height, and three bytes for each of its points.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Picture {
    /// Its width in points.
    pub width: u32,
    /// Its height in points.
    pub height: u32,
    /// Red, green and blue of each point, row by row.
    pub points: Vec<u8>,
    /// What the file is.
    pub about: String,
}

/// A request that is carried out outside the console's state.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read the counts of the queues, and the cases of one queue after a place.
    Look(Queue, CasePlace),
    /// Read how many cases were open at the end of each of the last days.
    Backlog,
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
    /// This person has read the conversation of a case up to an event.
    Read(Named, i32),
    /// Do the same to each of these cases.
    Many(Vec<Case>, Bulk),
    /// Find out the outcome of a command.
    Learn(Box<Command>),
    /// Save a draft of this kind; with `None`, delete it.
    Draft(Named, String, Option<String>),
    /// Read an attached file as text, by its event number.
    Preview(Named, i32),
    /// Save an attached file to disk, by its event number.
    Save(Named, i32, PathBuf),
    /// Read what is in a folder of this machine.
    Folder(PathBuf),
    /// Read local files and attach each under its request id, all about this line of the checklist if there is one.
    Attach(Named, Vec<(PathBuf, Uuid)>, Option<String>),
    /// Open an attached file in the system's viewer.
    View(Named, i32),
    /// Read earlier orders and cases of an order's people.
    History(String),
    /// Read an earlier order, or a case of it.
    Earlier(String, Option<i32>),
    /// Save the letters of a case as PDFs.
    SaveLetters(Named),
    /// Read the letters of a case.
    Letter(Named),
    /// Read the report of the last thirty days.
    Report,
    /// Read the cases behind a line of that report.
    Behind(Common, String),
}

impl Ask {
    /// Whether it only reads.
    pub const fn reads(&self) -> bool {
        match self {
            Self::Look(..)
            | Self::Backlog
            | Self::Case(_)
            | Self::Preview(..)
            | Self::Letter(..)
            | Self::History(_)
            | Self::Earlier(..)
            | Self::Folder(_)
            | Self::Behind(..)
            | Self::Report => true,
            Self::Leave
            | Self::Edit(..)
            | Self::Next
            | Self::Read(..)
            | Self::Act(_)
            | Self::Many(..)
            | Self::Learn(_)
            | Self::Draft(..)
            | Self::Save(..)
            | Self::View(..)
            | Self::SaveLetters(_)
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
    /// How many cases were open at the end of each of the last days, the last one now.
    Backlog(Result<Vec<i64>, Failure>),
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
    /// Earlier orders of an order's people: a line for each, with what it leads to; headings lead nowhere.
    History(String, Result<Vec<(String, Option<Earlier>)>, String>),
    /// The report: a line each, with what is behind it.
    Report(Result<Vec<Line>, String>),
    /// The cases behind a line of the report.
    Behind(Common, String, Result<Vec<(String, Option<Earlier>)>, String>),
    /// An attached image, small.
    Picture(DocumentKind, Picture),
    /// A file was saved: its path, or the error.
    Saved(Result<String, String>),
    /// What is in a folder, or why it cannot be read.
    Folder(PathBuf, Result<Vec<Entry>, String>),
    /// A file could not be read.
    Unread(String),
}
