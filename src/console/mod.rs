//! The screen: model, message, update, view. [`app`] changes state and asks for effects, [`view`] draws it, [`work`] does
//! the effects, [`run`] is the loop, [`terminal`] the terminal. Nothing but [`work`] and [`mod@demo`] touches the store.

pub mod app;
pub mod demo;
pub mod keys;
pub mod layout;
pub mod look;
pub mod run;
pub mod terminal;
pub mod view;
pub mod work;

use std::io::IsTerminal;

use chrono::Utc;
use uuid::Uuid;

use crate::cli::CliError;
use crate::cli::args::{Args, Demo};
use crate::store::embedded::Keeping;
use crate::store::{Access, Database, Store};
use app::Seat;
use look::Look;

/// How many connections a console has: the bell's, and a few readings and a write at once.
const CONNECTIONS: u32 = 6;

/// Opens the console on the order book.
pub async fn open(args: &Args) -> Result<(), CliError> {
    needs_a_terminal()?;
    let access = args.access(CONNECTIONS);
    let place = place(&access.database);
    let store = Store::open(&access).await?;
    sit_down(args, store, place).await
}

/// Opens the console on a throw-away order book.
pub async fn demo(args: &Args, ask: &Demo) -> Result<(), CliError> {
    needs_a_terminal()?;
    let mut settings = args.embedded();
    settings.dir = std::env::temp_dir().join(format!("recourse-demo-{}", Uuid::new_v4().simple()));
    settings.keeping = Keeping::Throwaway;
    let database = Database::Embedded(settings);
    let access = Access { database, person: args.person.clone(), read_only: false, connections: CONNECTIONS };
    let others = Access { person: Some("demo".to_owned()), connections: 2, ..access.clone() };
    let lives = demo::Lives { orders: ask.orders, seed: ask.seed, now: Utc::now() };
    let feeding = Store::open(&others).await?;
    lives.fill(&feeding).await?;
    let store = Store::open(&Access { read_only: args.read_only, ..access }).await?;
    tokio::spawn(lives.go_on(feeding));
    sit_down(args, store, "DEMO".to_owned()).await
}

async fn sit_down(args: &Args, store: Store, place: String) -> Result<(), CliError> {
    let roles = crate::desk::roles(&store, args.role).await?;
    let seat = Seat { person: store.person.clone(), roles, read_only: store.read_only, place, session: Uuid::new_v4() };
    let look = Look::new(!args.no_color(), args.ascii);
    Ok(run::run(store, seat, look, args.role).await?)
}

fn needs_a_terminal() -> Result<(), CliError> {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb {
        return Ok(());
    }
    Err(CliError::Usage("the console needs a terminal; recourse --help lists what works without one".to_owned()))
}

/// Which database, in a word: never with its password.
fn place(database: &Database) -> String {
    match database {
        Database::Embedded(_) => "private".to_owned(),
        Database::Url(url) => crate::store::connect::place(url),
    }
}
