//! A line of text to type: an order's id, the name of a view, an acknowledgement.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler;

use super::{App, Effect, Failure, Layer, Pane, Tone};
use crate::console::app::window::Window;
use crate::records::OrderRecord;
use crate::settings::keys::Command;
use crate::settings::view::View;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asks {
    /// The id of an order.
    Order,
    /// The name of a view, and whether it is for everyone.
    ViewName {
        /// For everyone.
        shared: bool,
    },
    /// For how long an alert is acknowledged, and why.
    Acknowledge {
        /// The alert.
        alert: String,
    },
}

/// A prompt.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What is asked for.
    pub asks: Asks,
    /// What is typed.
    pub input: Input,
    /// The text is from last time: the first letter replaces it.
    pub fresh: bool,
    /// The user was warned that a view would be replaced.
    warned: bool,
}

impl Prompt {
    /// Creates a prompt with what was typed last time.
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

    /// Closes the prompt; what was typed is there again next time.
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
            (Command::Go, _) if text.is_empty() => self.say(Tone::Bad, "Type something first."),
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
                    self.say(Tone::Bad, format!("The view {text} already exists. Press Enter again to replace it."));
                    return Vec::new();
                }
                return self.save_view(&text, shared);
            }
            _ => self.put_prompt_away(),
        }
        Vec::new()
    }

    /// Handles the orders found for an id.
    pub(super) fn sought(&mut self, name: &str, found: Result<Vec<OrderRecord>, Failure>) -> Vec<Effect> {
        // The prompt stays open until the answer comes. A late answer closes nothing that was opened since.
        let asked = matches!(self.layers.last(), Some(Layer::Prompt(prompt)) if prompt.asks == Asks::Order);
        if !asked && !self.layers.is_empty() {
            return Vec::new();
        }
        match found {
            Ok(found) => match found.as_slice() {
                [] => self.say(Tone::Bad, format!("No order has the id {name}. Press / to search by a part of it.")),
                [one] => {
                    self.go_to(one.clone());
                    self.sought = String::new();
                }
                several => {
                    let names: Vec<String> = several.iter().map(|it| it.order.key.to_string()).collect();
                    self.say(Tone::Bad, format!("Several orders have the id {name}. Type {}.", names.join(" or ")));
                }
            },
            Err(Failure::Other(text)) => self.say(Tone::Bad, format!("Could not search for {name}: {text}")),
            Err(Failure::Lost | Failure::Unknown) => {
                self.say(Tone::Bad, format!("The database does not answer. Could not search for {name}."));
            }
        }
        Vec::new()
    }

    /// Shows an order in the list of its status. Open layers are closed; forms are kept.
    pub(super) fn go_to(&mut self, stored: OrderRecord) {
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
