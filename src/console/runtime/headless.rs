//! The console without a terminal: draws screens for pictures and tests.

use chrono::Utc;
use ratatui::buffer::Buffer;
use tokio::sync::mpsc;

use crate::console::app::message::{Effect, Message};
use crate::console::app::session::{Link, Session};
use crate::console::app::state::App;
use crate::console::drift::state as drift;
use crate::console::inbox::state as inbox;
use crate::console::requests::state as requests;
use crate::console::runtime::screen;
use crate::console::runtime::update::update;
use crate::console::runtime::work::Worker;
use crate::console::runtime::work::stuck::Duties;
use crate::domain::Role;
use crate::settings::keys;
use crate::settings::prefs::Prefs;
use crate::store::Store;

/// A console that is controlled by the program.
pub struct Headless {
    /// The state of the console.
    pub app: App,
    worker: Worker,
    results: mpsc::UnboundedReceiver<Message>,
}

impl Headless {
    /// Opens a console and waits until everything on the screen is loaded.
    pub async fn new(store: Store, session: Session, prefs: Prefs, role: Option<Role>, size: (u16, u16)) -> Self {
        Self::with(store, session, prefs, role, Duties::default(), size).await
    }

    /// Like [`Self::new`], with background duties.
    pub async fn with(
        store: Store,
        session: Session,
        prefs: Prefs,
        role: Option<Role>,
        duties: Duties,
        size: (u16, u16),
    ) -> Self {
        let (send, results) = mpsc::unbounded_channel();
        let worker = Worker::new(store, role, session.id, duties, send);
        let app = App::new(session, prefs, size, Utc::now());
        let mut console = Self { app, worker, results };
        console.take(Message::Link(Link::Live)).await;
        console
    }

    /// Handles a message and everything that follows from it.
    pub async fn take(&mut self, message: Message) {
        let (mut open, mut waiting) = (update(&mut self.app, message, Utc::now()), 0);
        loop {
            for effect in open.drain(..).filter(reads) {
                self.worker.start(effect);
                waiting += 1;
            }
            if waiting == 0 {
                break;
            }
            let Some(message) = self.results.recv().await else { break };
            waiting -= 1;
            open = update(&mut self.app, message, Utc::now());
        }
        screen::measure(&mut self.app);
    }

    /// Presses keys: key names separated by spaces, and text in quotes. Returns the first name that is not a key.
    ///
    /// # Errors
    ///
    /// The first name that is not a key. The keys before it were pressed.
    pub async fn press(&mut self, keys: &str) -> Result<(), String> {
        for (at, part) in keys.split('"').enumerate() {
            let names: Vec<String> = if at % 2 == 1 {
                part.chars().map(|letter| if letter == ' ' { "space".to_owned() } else { letter.to_string() }).collect()
            } else {
                part.split_whitespace().map(str::to_owned).collect()
            };
            for name in names {
                let key = keys::event(&name).ok_or_else(|| name.clone())?;
                self.take(Message::Key(key)).await;
            }
        }
        Ok(())
    }

    /// The current screen.
    pub fn picture(&self) -> Buffer {
        screen::draw(&self.app).buffer
    }
}

/// Whether an effect only reads. Only these run here, so that a picture never writes.
fn reads(effect: &Effect) -> bool {
    match effect {
        Effect::Stuck(ask) => ask.reads(),
        Effect::Disputes(ask) => ask.reads(),
        Effect::Requests(ask) => matches!(ask, requests::Ask::Page(_)),
        Effect::Drift(ask) => matches!(ask, drift::Ask::Page(_)),
        Effect::Inbox(ask) => matches!(ask, inbox::Ask::Look),
        Effect::Team(ask) => matches!(ask, crate::console::team::state::Ask::Look),
        Effect::LoadBoard
        | Effect::LoadPage(_)
        | Effect::Statements(_)
        | Effect::LoadOrder(_)
        | Effect::LoadWaiting(_)
        | Effect::LoadRoles
        | Effect::LoadViews
        | Effect::LoadAll(_)
        | Effect::Seek(_)
        | Effect::Consider(..) => true,
        Effect::Write(_)
        | Effect::WriteOne(_)
        | Effect::Learn(_)
        | Effect::Settle(..)
        | Effect::SaveView(..)
        | Effect::Remember(_)
        | Effect::Copy(..)
        | Effect::Mouse(_)
        | Effect::Alert(_)
        | Effect::Dump
        | Effect::Redraw
        | Effect::Suspend
        | Effect::Quit => false,
    }
}

/// A screen as lines of text, without trailing blanks.
pub fn text(buffer: &Buffer) -> String {
    let area = buffer.area;
    let row = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..area.height).map(row).collect::<Vec<_>>().join("\n")
}
