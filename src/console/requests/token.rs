//! A new token for an account that the provider refuses. What is typed is not shown, and is kept in the account's own file only.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use tui_input::Input;

use crate::console::app::load::Failure;
use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::dialog_box::DialogBox;
use crate::console::kit::draw::Drawn;
use crate::console::kit::input::{insert, type_key};
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::requests::state::Ask;
use crate::domain::{Roles, Task};
use crate::serve::secret::Secret;
use crate::settings::keys::{Command, Scope};
use crate::text::{self, sentence};

/// The dialog.
pub struct Token {
    account: String,
    token: Input,
    /// The person knows that the account may be working.
    warned: bool,
    sent: bool,
}

/// It has a secret in it.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token").field("account", &self.account).field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// Opens the dialog for an account.
pub fn open(app: &mut App, account: String) {
    // While no one is registered, the database asks for its owner.
    let may = if app.session.roles == Roles::UNREGISTERED {
        Ok(())
    } else {
        app.session.roles.may(Task::Account).map(|_| ())
    };
    match may {
        Err(refused) => app.say(Tone::Bad, sentence(&refused.to_string())),
        Ok(()) if app.may_write() && app.can_write() => {
            app.open(Token { account, token: Input::default(), warned: false, sent: false });
        }
        Ok(()) => {}
    }
}

/// Whether an alert of a rule about stopped accounts names this one. A merchant may have the same name, and alerts of its own.
fn is_stopped(app: &App, account: &str) -> bool {
    let standings = app.stuck.seen.iter().flat_map(|seen| &seen.looked.standings);
    let mut stopped = standings.filter(|it| it.is_open() && it.rule.contains("stopped"));
    stopped.any(|it| it.alert.rsplit_once('/').is_some_and(|(_, name)| name == account))
}

/// Opens the dialog for the account of the selected request, or of the shown order.
pub fn of_what_is_shown(app: &mut App, of_request: bool) {
    let account = match of_request {
        true => app.requests.list.row().map(|request| request.account.clone()),
        false => app.orders.shown.as_ref().and_then(|shown| shown.related.account.clone()),
    };
    match account {
        Some(account) => open(app, account),
        None => app.say(Tone::News, "No account sends for this order."),
    }
}

impl Dialog<App> for Token {
    fn scope(&self) -> Scope {
        Scope::Prompt
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        match command {
            Command::Go if self.sent => {}
            Command::Go if self.token.value().trim().is_empty() => {
                app.say(Tone::Bad, "Type or paste the new token first.")
            }
            Command::Go if !self.warned && !is_stopped(app, &self.account) => {
                self.warned = true;
                app.say(
                    Tone::Bad,
                    "Nothing says that this account is stopped: its token may work. Enter replaces it all the same.",
                );
            }
            Command::Go if app.can_write() => {
                self.sent = true;
                let token = Secret::new(self.token.value().trim());
                app.ask(Effect::Requests(Ask::Token(self.account.clone(), token)));
            }
            Command::Go | Command::NextField => {}
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn typed(&mut self, _app: &mut App, key: KeyEvent) -> Then {
        if !self.sent {
            type_key(&mut self.token, key);
        }
        Then::Stay
    }

    fn paste(&mut self, _app: &mut App, text: &str) {
        insert(&mut self.token, text);
    }

    fn takes_words(&self) -> bool {
        true
    }

    fn is_of_use(&self, _app: &App, command: Command) -> bool {
        command != Command::NextField && (!self.sent || command == Command::Back)
    }

    fn draw(&self, _app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        let title = format!("New token of the account {}", text::clean(&self.account));
        let mut dialog = DialogBox::new(title, area, look);
        let shown = Input::new("*".repeat(self.token.value().chars().count()));
        dialog.field(Span::styled("Token: ", look.focus()), &shown, Style::new());
        dialog.space();
        dialog.say(
            "It replaces the account's file on this machine; the running server reads it and asks the provider. What was asked meanwhile waits, and goes on.",
            look.dim(),
        );
        if self.sent {
            dialog.end("Asking the provider …", look.warn());
        }
        dialog.draw(area, buf)
    }
}

/// Handles what the provider says of the new token.
pub fn replaced(app: &mut App, account: &str, answer: Result<(bool, String), Failure>) {
    (app.requests.load.due, app.stuck.loads.watch.due) = (true, true);
    let name = text::clean(account);
    let (tone, text, close) = match answer {
        Ok((true, words)) => (Tone::Good, format!("Account {name}: {}.", text::clean(&words)), true),
        Ok((false, words)) => {
            let words =
                format!("{name}: refused, and stored all the same. Type another token. ({})", text::clean(&words));
            (Tone::Bad, words, false)
        }
        Err(Failure::Other(text)) => (Tone::Bad, text, false),
        Err(Failure::Lost | Failure::Unknown) => {
            (Tone::Bad, "The database does not answer. Try again when it is back.".to_owned(), false)
        }
    };
    if close {
        app.close::<Token>(|dialog| dialog.account == account);
    }
    app.each::<Token>().filter(|dialog| dialog.account == account).for_each(|dialog| {
        // What was refused is typed again from the start.
        dialog.token = Input::default();
        dialog.sent = false;
    });
    app.say(tone, text);
}
