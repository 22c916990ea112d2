//! One line of text that somebody asked to type: an order's id, the name of a view.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect, Failure, Layer, Pane, Tone};
use crate::console::app::views::View;
use crate::console::app::window::Window;
use crate::console::keys::Command;
use crate::store::Stored;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// The id of an order.
    Order,
    /// The name of a view, and whether everybody shall have it.
    ViewName {
        /// Everybody.
        shared: bool,
    },
    /// For how long an alert is acknowledged, and why.
    Acknowledge {
        /// The alert.
        alert: String,
    },
}

/// The line.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is asked for.
    pub asks: Asks,
    /// What is typed.
    pub input: Input,
    /// It stands there from before: the first letter replaces it.
    pub fresh: bool,
    /// What is there already would be replaced; asked once.
    warned: bool,
}

impl Prompt {
    /// A question, with what was typed the last time.
    pub fn new(asks: Asks, text: String) -> Self {
        Self { asks, fresh: !text.is_empty(), input: Input::new(text), warned: false }
    }

    pub(super) fn type_key(&mut self, key: KeyEvent) {
        if std::mem::take(&mut self.fresh) && matches!(key.code, KeyCode::Char(_)) && key.modifiers.is_empty() {
            self.input = Input::default();
        }
        self.warned = false;
        self.input.handle_event(&Event::Key(key));
    }
}

impl App {
    pub(super) fn ask_for_an_order(&mut self) {
        if !matches!(self.layers.last(), Some(Layer::Prompt(prompt)) if prompt.asks == Asks::Order) {
            self.layers.push(Layer::Prompt(Box::new(Prompt::new(Asks::Order, self.sought.clone()))));
        }
    }

    /// Closes the line; what was typed is there again the next time.
    pub(super) fn put_prompt_away(&mut self) {
        if let Some(Layer::Prompt(prompt)) = self.layers.pop() {
            let text = prompt.input.value().to_owned();
            match prompt.asks {
                Asks::Order => self.sought = text,
                Asks::ViewName { .. } => self.view_name = text,
                Asks::Acknowledge { alert } => self.watching.reason = (alert, text),
            }
        }
    }

    pub(super) fn on_prompt(&mut self, command: Command) -> Vec<Effect> {
        let Some(Layer::Prompt(prompt)) = self.layers.last_mut() else { return Vec::new() };
        let text = prompt.input.value().trim().to_owned();
        match (command, &mut prompt.asks) {
            (Command::NextField, Asks::ViewName { shared }) => *shared = !*shared,
            (Command::NextField, Asks::Order | Asks::Acknowledge { .. }) => {}
            (Command::Go, _) if text.is_empty() => self.say(Tone::Bad, "nothing is typed yet"),
            (Command::Go, Asks::Order) => return vec![Effect::Seek(text)],
            (Command::Go, Asks::Acknowledge { alert }) => {
                let alert = alert.clone();
                return self.acknowledge(alert, &text);
            }
            (Command::Go, Asks::ViewName { shared }) => {
                let shared = *shared;
                let is_it = |view: &View| view.name == text && view.shared == shared;
                if !prompt.warned && self.views.all.iter().any(is_it) {
                    prompt.warned = true;
                    self.say(Tone::Bad, format!("a view {text} is there already; Enter again replaces it"));
                    return Vec::new();
                }
                return self.save_view(&text, shared);
            }
            _ => self.put_prompt_away(),
        }
        Vec::new()
    }

    /// The orders of a name were looked for.
    pub(super) fn sought(&mut self, name: &str, found: Result<Vec<Stored>, Failure>) -> Vec<Effect> {
        // The line stays open until there is an answer; whatever else was opened since is not closed by a late one.
        let asked = matches!(self.layers.last(), Some(Layer::Prompt(prompt)) if prompt.asks == Asks::Order);
        if !asked && !self.layers.is_empty() {
            return Vec::new();
        }
        match found {
            Ok(found) => match found.as_slice() {
                [] => self.say(Tone::Bad, format!("no order is called {name}; / finds by a piece of it")),
                [one] => {
                    self.go_to(one.clone());
                    self.sought = String::new();
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
        self.marks.range = false;
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
