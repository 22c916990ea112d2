//! The messages of the program. The newest is above the footer for a while, a failure until you press a key; the messages
//! view lists all of them.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

/// How many messages are kept.
const KEPT: usize = 1_000;

/// How long a message stays that is no failure.
const STAYS: TimeDelta = TimeDelta::seconds(8);

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
    /// How many were seen neither above the footer nor in the messages view.
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

    /// The message to show: the newest since the last key. Failures come before successes, and successes before news.
    pub fn toast(&self, now: DateTime<Utc>) -> Option<&Note> {
        let lasts = |note: &&Note| note.tone == Tone::Bad || now < note.at + STAYS;
        let fresh = || self.notes.iter().rev().take(self.fresh).filter(lasts);
        let of = |tone| fresh().find(|note| note.tone == tone);
        of(Tone::Bad).or_else(|| of(Tone::Good)).or_else(|| fresh().next())
    }

    /// When the shown message disappears without a key; none if it stays.
    pub fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.toast(now).filter(|note| note.tone != Tone::Bad).map(|note| note.at + STAYS)
    }

    /// Removes the message after a key. It counts as read.
    pub fn seen(&mut self) {
        self.unread = self.unread.saturating_sub(usize::from(self.fresh > 0));
        self.fresh = 0;
    }

    /// All messages, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &Note> {
        self.notes.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A failure stays until a key; other messages leave, and uncover what was said before them.
    #[test]
    fn a_message_leaves_and_a_failure_stays() {
        let at = |seconds: i64| DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds);
        let mut it = Journal::default();
        it.say(at(0), Tone::News, "someone moved it");
        it.say(at(5), Tone::Good, "done");
        let shown = |it: &Journal, now: i64| it.toast(at(now)).map(|note| note.text.clone());
        assert_eq!((shown(&it, 6).as_deref(), it.until(at(6))), (Some("done"), Some(at(13))));
        assert_eq!((shown(&it, 13), it.until(at(13))), (None, None));
        it.say(at(14), Tone::Bad, "refused");
        assert_eq!((shown(&it, 9_999).as_deref(), it.until(at(9_999))), (Some("refused"), None));
        it.seen();
        assert_eq!((shown(&it, 14), it.unread), (None, 2));
    }
}
