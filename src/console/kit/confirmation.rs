//! The question before something that cannot be undone: a word to type, or a choice of two answers. Enter answers it only
//! once the whole question was on the screen, at once or page by page.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

/// Said where a question did not fit on the screen.
pub const TOO_SMALL: &str = "This screen is too small to show all of it. Make it larger first.";

/// Said where a question is longer than the screen and was not read to its end.
pub const UNREAD: &str = "Read it to its end first: PgDn shows the rest.";

/// What the person has to do.
#[derive(Debug, Clone)]
enum Asks {
    /// Type this word; and what is typed so far.
    Word(String, Input),
    /// Choose yes; it starts as no.
    Yes(bool),
}

/// A question that waits for an answer.
#[derive(Debug, Clone)]
pub struct Confirmation {
    asks: Asks,
    /// How it was last drawn: whole, or with something cut off. None if it is not on the screen.
    whole: Option<bool>,
    /// Where a question that is longer than the screen is read.
    place: Place,
}

/// A place in a long question, in lines.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// The first line on the screen.
    first: usize,
    /// How far it was on the screen, without gaps.
    seen: usize,
    /// How many lines it has and how many fit, as it was last drawn.
    lines: (usize, usize),
}

/// What Enter means now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Nothing yet: why, unless the question was not even on the screen.
    NotYet(Option<String>),
}

impl Confirmation {
    /// Asks for a word, which has to be typed letter by letter.
    pub fn word(word: impl Into<String>) -> Self {
        Self {
            asks: Asks::Word(word.into(), Input::default()),
            whole: None,
            place: Place { first: 0, seen: 0, lines: (0, 0) },
        }
    }

    /// Asks for yes or no.
    pub const fn yes_or_no() -> Self {
        Self { asks: Asks::Yes(false), whole: None, place: Place { first: 0, seen: 0, lines: (0, 0) } }
    }

    /// The word to type and what is typed of it, if it asks for a word.
    pub const fn typed(&self) -> Option<(&String, &Input)> {
        match &self.asks {
            Asks::Word(word, input) => Some((word, input)),
            Asks::Yes(_) => None,
        }
    }

    /// Whether yes is selected, or the word is typed.
    pub fn agrees(&self) -> bool {
        match &self.asks {
            Asks::Word(word, input) => input.value().trim() == word,
            Asks::Yes(yes) => *yes,
        }
    }

    /// Types a key of the word. Letters count from the moment that a person's key opened the question; Enter only once
    /// all of it was on the screen.
    pub fn type_key(&mut self, key: KeyEvent) {
        if let Asks::Word(_, input) = &mut self.asks {
            input.handle_event(&Event::Key(key));
        }
    }

    /// Selects the other of two answers.
    pub const fn turn(&mut self) {
        if let (Asks::Yes(yes), Some(_)) = (&mut self.asks, self.whole) {
            *yes = !*yes;
        }
    }

    /// Selects yes, of two answers that are on the screen.
    pub const fn agree(&mut self) {
        if let (Asks::Yes(yes), Some(_)) = (&mut self.asks, self.whole) {
            *yes = true;
        }
    }

    /// What Enter means now.
    pub fn answer(&self) -> Answer {
        match (&self.asks, self.whole) {
            (_, None) => Answer::NotYet(None),
            (Asks::Yes(false), Some(_)) => Answer::No,
            (_, Some(false)) if self.place.lines.0 > 0 => Answer::NotYet(Some(UNREAD.to_owned())),
            (_, Some(false)) => Answer::NotYet(Some(TOO_SMALL.to_owned())),
            (Asks::Word(word, _), Some(true)) if !self.agrees() => {
                Answer::NotYet(Some(format!("Type {word:?}, letter by letter, to continue.")))
            }
            (Asks::Word(..) | Asks::Yes(true), Some(true)) => Answer::Yes,
        }
    }

    /// It was drawn, whole or not: from now on Enter answers it.
    pub const fn drawn(&mut self, whole: bool) {
        self.whole = Some(whole);
    }

    /// It was drawn from its place, with so many of its lines: it is whole once each of them was on the screen.
    pub fn drawn_in_part(&mut self, lines: usize, fit: usize) {
        if self.place.lines.0 != lines {
            // Another width breaks its lines elsewhere: it is read from its start.
            let first = if self.place.lines.0 == 0 { self.place.first } else { 0 };
            self.place = Place { first, seen: 0, lines: (lines, fit) };
        }
        // A message above the last line takes one from it, and gives it back.
        self.place.lines.1 = fit;
        if self.place.first <= self.place.seen {
            self.place.seen = self.place.seen.max(self.place.first + fit);
        }
        self.whole = Some(self.place.seen >= lines);
    }

    /// The first line of a long question on the screen.
    pub const fn first(&self) -> usize {
        self.place.first
    }

    /// Goes one page down or up in a long question, not past what was on the screen.
    pub fn turn_page(&mut self, down: bool) {
        let (lines, fit) = self.place.lines;
        let first = if down { self.place.first + fit } else { self.place.first.saturating_sub(fit) };
        self.place.first = first.min(lines.saturating_sub(fit)).min(self.place.seen);
    }

    /// Something else is over it, or it will be drawn another way: it has to be drawn again before it can be answered.
    pub const fn covered(&mut self) {
        self.whole = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crossterm::event::KeyCode;

    fn press(confirmation: &mut Confirmation, word: &str) {
        word.chars().for_each(|letter| confirmation.type_key(KeyCode::Char(letter).into()));
    }

    /// Enter does not count before the question is drawn, and what did not fit cannot be confirmed. No letter is lost.
    #[test]
    fn only_what_was_on_the_screen_is_answered() {
        let mut confirmation = Confirmation::word("run 3");
        press(&mut confirmation, "run");
        assert_eq!(confirmation.answer(), Answer::NotYet(None));
        confirmation.drawn(true);
        assert_eq!(
            confirmation.answer(),
            Answer::NotYet(Some("Type \"run 3\", letter by letter, to continue.".to_owned()))
        );
        press(&mut confirmation, " 3");
        assert_eq!(confirmation.answer(), Answer::Yes);
        confirmation.covered();
        assert_eq!(confirmation.answer(), Answer::NotYet(None));
        confirmation.drawn(false);
        assert_eq!(confirmation.answer(), Answer::NotYet(Some(TOO_SMALL.to_owned())));
    }

    /// A question that is longer than the screen is read page by page; a page that was skipped is missing.
    #[test]
    fn a_long_question_is_read_to_its_end() {
        let mut confirmation = Confirmation::yes_or_no();
        confirmation.drawn_in_part(25, 10);
        confirmation.turn();
        for first in [10, 15] {
            assert_eq!(confirmation.answer(), Answer::NotYet(Some(UNREAD.to_owned())));
            confirmation.turn_page(true);
            confirmation.drawn_in_part(25, 10);
            assert_eq!(confirmation.first(), first);
        }
        assert_eq!(confirmation.answer(), Answer::Yes);
        confirmation.turn_page(false);
        confirmation.drawn_in_part(25, 10);
        assert_eq!(confirmation.answer(), Answer::Yes, "it was read");
        confirmation.drawn_in_part(40, 8);
        assert_eq!(confirmation.answer(), Answer::NotYet(Some(UNREAD.to_owned())), "it is another page now");
    }

    #[test]
    fn two_answers_start_at_no() {
        let mut confirmation = Confirmation::yes_or_no();
        confirmation.turn();
        confirmation.drawn(false);
        assert_eq!(confirmation.answer(), Answer::No);
        confirmation.turn();
        assert_eq!(confirmation.answer(), Answer::NotYet(Some(TOO_SMALL.to_owned())));
        confirmation.drawn(true);
        assert_eq!(confirmation.answer(), Answer::Yes);
    }
}
