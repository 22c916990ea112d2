//! What is asked and told about the desk of disputes.

use std::path::PathBuf;

use uuid::Uuid;

use super::{CaseShown, Named, Seen};
use crate::case::Queue;
use crate::case::law::Refusal;
use crate::console::app::Failure;
use crate::desk::cases::{Answer, Command};
use crate::store::cases::Place;
use crate::store::cases::presence::Present;

/// What has to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Read the counts and the cases of a queue after a place.
    Look(Queue, Place),
    /// Read a case with all that stands beside it; this console is looking at it from now on.
    Case(Named),
    /// This console looks at no case any more.
    Leave,
    /// Ask to write in a case; taking over from whoever does, where that is asked.
    Edit(Named, bool),
    /// Take the most urgent case that nobody has.
    Next,
    /// Carry out a command.
    Act(Box<Command>),
    /// Find out what became of a command.
    Learn(Box<Command>),
    /// Keep what is being written; forget it where there is nothing.
    Draft(Named, String, Option<String>),
    /// Read an attached file as text, by the number of its event.
    Preview(Named, i32),
    /// Write an attached file to the disk.
    Save(Named, i32),
    /// Read a file of this person's, to attach it under this request.
    Attach(Named, PathBuf, Uuid),
    /// Read the letter of a case to a party.
    Letter(Named, String),
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

/// What came of it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A queue was read, from this place on.
    Seen(Queue, Place, Result<Box<Seen>, Failure>),
    /// A case was read.
    Case(Named, Result<Option<Box<CaseShown>>, Failure>),
    /// Who is at the case changed.
    Present(Named, Vec<Present>),
    /// Whether this console may write in a case.
    Edit(Named, Result<bool, Failure>),
    /// The most urgent case was taken; or there is none, or it may not be.
    Next(Result<Result<Option<Named>, Refusal>, Failure>),
    /// A command was carried out, or not.
    Acted(Box<Command>, Result<Answer, Failure>),
    /// What became of a command whose outcome was unknown.
    Learnt(Box<Command>, Result<Option<Answer>, Failure>),
    /// What was being written was kept, or not.
    Drafted(Result<(), Failure>),
    /// Something to read: its title and its lines.
    Paper(String, Result<Vec<String>, String>),
    /// A file was written to the disk, and where; or not.
    Saved(Result<String, String>),
    /// A file could not be read.
    Unread(String),
}
