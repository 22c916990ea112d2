//! A dialog that asks for one line of text.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Span;
use std::fmt::Debug;
use tui_input::Input;

use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, is_letter, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::settings::keys::{Command, Scope};
use crate::text;

/// What a prompt asks for.
pub trait Asks: Debug + 'static {
    /// The title.
    fn title(&self) -> String;

    /// The label of the text field.
    fn label(&self) -> &'static str;

    /// What may be typed, and what happens then.
    fn about(&self) -> String;

    /// Uses what was typed.
    fn done(&mut self, app: &mut App, text: &str) -> Then;

    /// Keeps what was typed for the next time.
    fn keep(&self, app: &mut App, text: String);

    /// Switches to the other choice. Returns whether there is one.
    fn turn(&mut self) -> bool {
        false
    }

    /// Whether there is another choice.
    fn has_a_choice(&self) -> bool {
        false
    }

    /// The text has changed.
    fn changed(&mut self) {}
}

/// A prompt.
#[derive(Debug)]
pub struct Prompt<A> {
    /// What is asked for.
    pub asks: A,
    input: Input,
    /// The text is from last time: the first letter replaces it.
    fresh: bool,
}

impl<A: Asks> Prompt<A> {
    /// Creates a prompt with what was typed last time, which the first letter replaces.
    pub fn again(asks: A, text: String) -> Self {
        Self { asks, fresh: !text.is_empty(), input: Input::new(text) }
    }

    /// Creates a prompt with an earlier text, which is continued.
    pub fn further(asks: A, text: String) -> Self {
        Self { asks, fresh: false, input: Input::new(text) }
    }
}

impl<A: Asks> Dialog<App> for Prompt<A> {
    fn scope(&self) -> Scope {
        Scope::Prompt
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        let text = self.input.value().trim().to_owned();
        match command {
            Command::NextField => _ = self.asks.turn(),
            Command::Go if text.is_empty() => app.say(Tone::Bad, "Type something first."),
            Command::Go => {
                let then = self.asks.done(app, &text);
                if then == Then::Close {
                    self.put_away(app);
                }
                return then;
            }
            _ => {
                self.put_away(app);
                return Then::Close;
            }
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        if std::mem::take(&mut self.fresh) && is_letter(&key) {
            self.input = Input::default();
        }
        self.asks.changed();
        type_key(&mut self.input, key);
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        insert(&mut self.input, text);
    }

    fn put_away(&mut self, app: &mut App) {
        self.asks.keep(app, self.input.value().to_owned());
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        command != Command::NextField || self.asks.has_a_choice()
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let mut dialog = DialogBox::new(text::clean(&self.asks.title()), area, look);
        // Highlighted, because the first typed letter replaces the suggested text.
        let style = if self.fresh { look.selected(true) } else { look.title() };
        dialog.field(Span::styled(self.asks.label(), look.focus()), &self.input, style);
        dialog.space();
        dialog.say(&self.asks.about(), look.dim());
        dialog.draw(area, buf)
    }
}
