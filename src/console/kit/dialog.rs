//! What lies over the panes: a page that covers them, a menu, a form, a question. Each is one file that implements
//! [`Dialog`], and is opened from one line.

use std::any::Any;
use std::fmt::Debug;

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::kit::confirmation::Confirmation;
use crate::console::kit::draw::Drawn;
use crate::console::kit::look::Look;
use crate::settings::keys::{Command, Scope};

/// What becomes of a dialog after a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It stays open.
    Stay,
    /// It closes. What it opened stays.
    Close,
}

/// A dialog over a state. Only the topmost one takes keys; while it does, it is not among the layers of the state.
pub trait Dialog<S>: Any + Debug {
    /// The keys that it takes now.
    fn scope(&self) -> Scope;

    /// Does what a key of its scope is bound to.
    fn on(&mut self, app: &mut S, command: Command, key: KeyEvent) -> Then;

    /// Draws it: a page on the whole area, anything else over what is there.
    fn draw(&self, app: &S, look: Look, area: Rect, buf: &mut Buffer) -> Drawn;

    /// Takes a key that is not bound to anything: a letter of a text, or of a line.
    fn typed(&mut self, _app: &mut S, _key: KeyEvent) -> Then {
        Then::Stay
    }

    /// Takes pasted text.
    fn paste(&mut self, _app: &mut S, _text: &str) {}

    /// The question that it asks now.
    fn confirmation(&mut self) -> Option<&mut Confirmation> {
        None
    }

    /// Takes over what drawing it found out.
    fn drawn(&mut self, _app: &mut S, _drawn: Drawn) {}

    /// Keeps what was typed, before it is closed from outside.
    fn put_away(&mut self, _app: &mut S) {}

    /// If it is a page, which covers the panes: its name.
    fn page(&self) -> Option<&'static str> {
        None
    }

    /// Whether it is about the shown order: then only a key may show another one.
    fn is_on_the_order(&self) -> bool {
        false
    }

    /// Whether keys now are private words.
    fn takes_words(&self) -> bool {
        false
    }

    /// Whether a command of its scope has an effect now; the footer shows only those.
    fn is_of_use(&self, _app: &S, _command: Command) -> bool {
        true
    }

    /// Whether the wheel moves it, line by line.
    fn scrolls(&self) -> bool {
        false
    }
}
