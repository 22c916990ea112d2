//! Going to an order by its id.

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::frame::prompt::{Asks, Prompt};
use crate::console::kit::dialog::Then;
use crate::console::kit::journal::Tone;
use crate::console::orders::selection;
use crate::records::OrderRecord;

/// Asks for the id of an order.
#[derive(Debug)]
pub struct Goto;

/// Asks for an id, with the last one that was typed.
pub fn open(app: &mut App) {
    if app.on_top::<Prompt<Goto>>().is_none() {
        app.open(Prompt::again(Goto, app.orders.sought.clone()));
    }
}

impl Asks for Goto {
    fn title(&self) -> String {
        "Go to order".to_owned()
    }

    fn label(&self) -> &'static str {
        "Id: "
    }

    fn about(&self) -> String {
        "The full id, or provider:id if both providers have it.".to_owned()
    }

    /// The prompt stays open until the answer comes.
    fn done(&mut self, app: &mut App, text: &str) -> Then {
        app.ask(Effect::Seek(text.to_owned()));
        Then::Stay
    }

    fn keep(&self, app: &mut App, text: String) {
        app.orders.sought = text;
    }
}

/// Handles the orders found for an id.
pub fn take(app: &mut App, name: &str, found: Result<Vec<OrderRecord>, Failure>) {
    // A late answer closes nothing that was opened since.
    if app.on_top::<Prompt<Goto>>().is_none() && !app.layers.is_empty() {
        return;
    }
    match found {
        Ok(found) => match found.as_slice() {
            [] => app.say(Tone::Bad, format!("No order has the id {name}. Press / to search by a part of it.")),
            [one] => {
                selection::go_to(app, one.clone());
                app.orders.sought = String::new();
            }
            several => {
                let names: Vec<String> = several.iter().map(|it| it.order.key.to_string()).collect();
                app.say(Tone::Bad, format!("Several orders have the id {name}. Type {}.", names.join(" or ")));
            }
        },
        Err(Failure::Other(text)) => app.say(Tone::Bad, format!("Could not search for {name}: {text}")),
        Err(Failure::Lost | Failure::Unknown) => {
            app.say(Tone::Bad, format!("The database does not answer. Could not search for {name}."));
        }
    }
}
