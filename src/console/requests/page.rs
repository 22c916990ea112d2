//! The keys of the list of requests.

use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::console::app::message::Effect;
use crate::console::app::state::App;
use crate::console::drift::page as drift;
use crate::console::frame::pick::{Choice, Pick};
use crate::console::kit::dialog::{Dialog, Then};
use crate::console::kit::draw::Drawn;
use crate::console::kit::journal::Tone;
use crate::console::kit::look::Look;
use crate::console::kit::paged::goes;
use crate::console::requests::word::Saying;
use crate::console::requests::{page_view, token, word};
use crate::records::RequestState;
use crate::settings::keys::{Command, Scope};
use crate::text;
use strum::VariantArray;

/// The page.
#[derive(Debug)]
pub struct RequestsPage;

/// Opens the list.
pub fn open(app: &mut App) {
    app.requests.load.due = true;
    app.open(RequestsPage);
}

/// Goes to the order of the selected request.
fn order(app: &mut App) {
    let Some(name) = app.requests.list.row().map(|request| request.order.to_string()) else { return };
    app.put_all_away();
    app.ask(Effect::Seek(name));
}

fn say(app: &mut App, saying: Saying) {
    let Some(request) = app.requests.list.row().cloned() else {
        return app.say(Tone::News, "No request is selected.");
    };
    match saying.objection(&request, &app.session.person) {
        Some(words) => app.say(Tone::Bad, words),
        None if app.may_write() && app.can_write() => word::open(app, &request, saying),
        None => {}
    }
}

/// Opens the menu of what this person can say of the selected request, or says why there is nothing.
fn actions(app: &mut App) {
    let Some(request) = app.requests.list.row() else { return app.say(Tone::News, "No request is selected.") };
    let (id, order) = (request.id, text::clean(&request.order.id));
    let line = |saying: &Saying| Choice {
        letter: saying.letter(),
        words: saying.title().to_owned(),
        value: saying.letter().to_string(),
    };
    let may = |saying: &&Saying| saying.objection(request, &app.session.person).is_none();
    let lines: Vec<Choice> = Saying::VARIANTS.iter().filter(may).map(line).collect();
    if lines.is_empty() {
        // Who asked for it themselves is told so; of others the state says enough.
        let words = match request.state {
            RequestState::ToApprove => Saying::Approve.objection(request, &app.session.person),
            state => Some(format!("Request {id} is {}: there is nothing to say of it.", state.title())),
        };
        return app.say(Tone::News, words.unwrap_or_default());
    }
    let does = |app: &mut App, letter: &str| {
        let chosen = Saying::VARIANTS.iter().find(|saying| saying.letter().to_string() == letter);
        chosen.into_iter().for_each(|saying| say(app, *saying));
    };
    app.open(Pick { title: format!("Request {id} of {order}"), lines, at: 0, does });
}

impl Dialog<App> for RequestsPage {
    fn scope(&self) -> Scope {
        Scope::Requests
    }

    fn page(&self) -> Option<&'static str> {
        Some("Requests")
    }

    fn on(&mut self, app: &mut App, command: Command, _key: KeyEvent) -> Then {
        if goes(&mut app.requests, command) {
            return Then::Stay;
        }
        match command {
            Command::Open => {
                order(app);
                return Then::Close;
            }
            Command::Actions => actions(app),
            Command::Back => app.stay_here(),
            Command::Check => {
                let order = app.requests.list.row().map(|request| request.order.clone());
                drift::check(app, order);
            }
            Command::Token => token::of_what_is_shown(app, true),
            _ => return Then::Close,
        }
        Then::Stay
    }

    fn scrolls(&self) -> bool {
        true
    }

    fn draw(&self, app: &App, look: Look, area: Rect, buf: &mut Buffer) -> Drawn {
        page_view::draw(app, look, area, buf)
    }
}
