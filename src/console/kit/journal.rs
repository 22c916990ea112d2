//! The messages of the program. The footer shows the newest until you press a key; the messages view lists all of them.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

/// How many messages are kept.
const KEPT: usize = 1_000;

/// The kind of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Good to know.
    News,
    /// Done.
    Good,
    /// Refused, or failed.
    Bad,
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it was shown.
    pub at: DateTime<Utc>,
    /// Its kind.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// All messages, newest last.
#[derive(Debug, Default)]
pub struct Journal {
    notes: VecDeque<Note>,
    /// How many arrived since the last key.
    fresh: usize,
    /// How many were seen neither in the footer nor in the messages view.
    pub unread: usize,
}

impl Journal {
    /// Adds a message.
    pub fn say(&mut self, at: DateTime<Utc>, tone: Tone, text: impl Into<String>) {
        if self.notes.len() == KEPT {
            self.notes.pop_front();
        }
        self.notes.push_back(Note { at, tone, text: crate::text::clean(&text.into()) });
        self.fresh = (self.fresh + 1).min(KEPT);
        self.unread += 1;
    }

    /// The message for the footer: the newest since the last key. Failures come before successes, and successes before
    /// news.
    pub fn toast(&self) -> Option<&Note> {
        let fresh = || self.notes.iter().rev().take(self.fresh);
        let of = |tone| fresh().find(|note| note.tone == tone);
        of(Tone::Bad).or_else(|| of(Tone::Good)).or_else(|| fresh().next())
    }

    /// Clears the footer after a key. The message it showed counts as read.
    pub fn seen(&mut self) {
        self.unread = self.unread.saturating_sub(usize::from(self.fresh > 0));
        self.fresh = 0;
    }

    /// All messages, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().rev()
    }
}
