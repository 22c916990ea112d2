//! One line of text that somebody asked to type: an order's id, the name of a view.

use crossterm::event::{Event, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect, Failure, Layer, Pane, Tone};
use crate::console::app::window::Window;
use crate::console::keys::Command;
use crate::store::Stored;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// The id of an order.
    Order,
    /// The name of a view, and whether everybody shall have it.
    ViewName {
        /// Everybody.
        shared: bool,
    },
}

/// The line.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is asked for.
    pub asks: Asks,
    /// What is typed.
    pub input: Input,
}

impl Prompt {
    /// A question with a first answer.
    pub fn new(asks: Asks, text: String) -> Self {
        Self { asks, input: Input::new(text) }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        self.input.handle_event(&Event::Key(key));
    }
}

impl App {
    pub(super) fn ask_for_an_order(&mut self) {
        if !matches!(self.layers.last(), Some(Layer::Prompt(prompt)) if prompt.asks == Asks::Order) {
            self.layers.push(Layer::Prompt(Box::new(Prompt::new(Asks::Order, self.sought.clone()))));
        }
    }

    pub(super) fn on_prompt(&mut self, command: Command) -> Vec<Effect> {
        let Some(Layer::Prompt(prompt)) = self.layers.last_mut() else { return Vec::new() };
        let text = prompt.input.value().trim().to_owned();
        match (command, &mut prompt.asks) {
            (Command::NextField, Asks::ViewName { shared }) => *shared = !*shared,
            (Command::NextField, Asks::Order) => {}
            (Command::Go, _) if text.is_empty() => self.say(Tone::Bad, "nothing is typed yet"),
            (Command::Go, Asks::Order) => {
                self.layers.pop();
                self.sought.clone_from(&text);
                return vec![Effect::Seek(text)];
            }
            (Command::Go, Asks::ViewName { shared }) => {
                let shared = *shared;
                self.layers.pop();
                return self.save_view(&text, shared);
            }
            (_, asks) => {
                if *asks == Asks::Order {
                    self.sought = text;
                }
                self.layers.pop();
            }
        }
        Vec::new()
    }

    /// The orders of a name were looked for.
    pub(super) fn sought(&mut self, name: &str, found: Result<Vec<Stored>, Failure>) -> Vec<Effect> {
        match found {
            Ok(found) => match found.as_slice() {
                [] => self.say(Tone::Bad, format!("no order is called {name}; / finds by a piece of it")),
                [one] => {
                    self.sought = String::new();
                    self.go_to(one.clone());
                }
                several => {
                    let names: Vec<String> = several.iter().map(|it| it.order.key.to_string()).collect();
                    self.say(Tone::Bad, format!("several are called {name}: say {}", names.join(" or ")));
                }
            },
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("{name} could not be looked for: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, format!("the database does not answer: {name} could not be looked for"));
            }
        }
        Vec::new()
    }

    /// Shows an order where it stands, whatever was open before: forms are put away and kept.
    pub(super) fn go_to(&mut self, stored: Stored) {
        self.put_layers_away();
        self.moved_by_hand = true;
        self.filter.on = false;
        self.views.chosen = None;
        self.chosen = stored.order.status;
        self.list = Window::around(stored, self.sort());
        self.loads.list.due = true;
        self.focus = Pane::Order;
        self.selected_another();
    }
}
