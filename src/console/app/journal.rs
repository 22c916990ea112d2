//! Everything the program had to say. The newest shows in the footer until a key; all of it stays to be read.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};

/// How many are kept.
const KEPT: usize = 1_000;

/// How a message is meant.
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
    /// When it was said.
    pub at: DateTime<Utc>,
    /// How it is meant.
    pub tone: Tone,
    /// What.
    pub text: String,
}

/// All messages, newest last.
#[derive(Debug, Default)]
pub struct Journal {
    notes: VecDeque<Note>,
    /// How many came since the last key.
    fresh: usize,
    /// How many nobody has seen, neither in the footer nor in the messages view.
    pub unread: usize,
}

impl Journal {
    /// Says something.
    pub fn say(&mut self, at: DateTime<Utc>, tone: Tone, text: impl Into<String>) {
        if self.notes.len() == KEPT {
            self.notes.pop_front();
        }
        self.notes.push_back(Note { at, tone, text: crate::text::clean(&text.into()) });
        self.fresh = (self.fresh + 1).min(KEPT);
        self.unread += 1;
    }

    /// What the footer shows: the newest since the last key. A failure stays in front of what was
    /// done, and that in front of what is merely good to know.
    pub fn toast(&self) -> Option<&Note> {
        let fresh = || self.notes.iter().rev().take(self.fresh);
        let of = |tone| fresh().find(|note| note.tone == tone);
        of(Tone::Bad).or_else(|| of(Tone::Good)).or_else(|| fresh().next())
    }

    /// A key was pressed: the footer is free again, and what it showed was read.
    pub fn seen(&mut self) {
        self.unread = self.unread.saturating_sub(usize::from(self.fresh > 0));
        self.fresh = 0;
    }

    /// All of them, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().rev()
    }
}
