//! The console: a pure model that messages change and that asks for effects. [`kit`] is what every screen is made of,
//! [`app`] the state, each screen has its folder, [`runtime`] runs it all. Only [`runtime::work`] and [`mod@demo`] access
//! the store.
//!
//! In a screen's folder: `state` is what it remembers, `page` (or `keys`, in the panes) what its keys do, `view` how it is
//! drawn, `requests` what it asks for and what comes back, `loads` which reads are due and what was read, `answers` what
//! became of a write. Every other file is one dialog or one thing that the screen does.

pub mod app;
pub mod demo;
pub mod disputes;
pub mod drift;
pub mod frame;
pub mod inbox;
pub mod kit;
pub mod mask;
pub mod orders;
pub mod quarantine;
pub mod requests;
pub mod runtime;
pub mod statements;
pub mod stuck;
pub mod team;

use std::io::{IsTerminal, Write};

use chrono::Utc;
use uuid::Uuid;

use crate::domain::Roles;
use crate::exit::CliError;
use crate::records::Zone;
use crate::settings::Settings;
use crate::settings::args::Demo;
use crate::settings::ask::{Replay, Screenshot};
use crate::settings::files::Files;
use crate::settings::prefs::Prefs;
use crate::settings::theme;
use crate::store::embedded::{Keeping, remove_leftovers};
use crate::store::{Access, Database, Store};
use crate::work::deliver::Telling;
use crate::work::tell::Tellers;
use crate::work::watcher;
use app::session::Session;
use kit::{background, svg};
use runtime::headless::{self, Headless};
use runtime::replay::{self, Player};
use runtime::work::stuck::Duties;
use runtime::{record, run};

/// The database connections of a console: one each for notifications, feed, board, page and writes, three for an order.
const CONNECTIONS: u32 = 8;

/// Opens the console on the database from the settings.
///
/// # Errors
///
/// [`CliError::Usage`] without a terminal; [`CliError::Store`] if the database cannot be opened; [`CliError::Io`] if
/// the terminal fails.
pub async fn open(settings: &Settings) -> Result<(), CliError> {
    needs_a_terminal()?;
    let access = settings.args.access(CONNECTIONS);
    let store = Store::open(&access).await?;
    sit_down(settings, store, place(&access.database), duties(settings)).await
}

/// Opens the console on a temporary database with demo data.
///
/// # Errors
///
/// [`CliError::Usage`] without a terminal; [`CliError::Store`] if the temporary database cannot be started or filled;
/// [`CliError::Io`] if the terminal fails.
pub async fn demo(settings: &Settings, ask: &Demo) -> Result<(), CliError> {
    needs_a_terminal()?;
    let args = &settings.args;
    let mut embedded = args.embedded();
    let (parent, name) = (std::env::temp_dir(), "recourse-demo-");
    remove_leftovers(&parent, name);
    embedded.dir = parent.join(format!("{name}{}", Uuid::new_v4().simple()));
    embedded.keeping = Keeping::Throwaway;
    let folder = embedded.dir.clone();
    let database = Database::Embedded(embedded);
    let access = Access { database, read_only: false, ..args.access(CONNECTIONS) };
    let others = Access { person: Some("demo".to_owned()), connections: 2, ..access.clone() };
    let lives = demo::Lives { orders: ask.orders, seed: ask.seed, now: Utc::now() };
    // It takes some seconds: an empty screen would look like nothing.
    _ = writeln!(std::io::stderr(), "recourse: making {} orders to practise on …", ask.orders);
    let feeding = Store::open(&others).await?;
    lives.fill(&feeding).await?;
    let store = Store::open(&Access { read_only: args.read_only, ..access }).await?;
    demo::scenes::play(&feeding, &store.person).await?;
    let serving = Store::open(&Access { connections: CONNECTIONS, ..others.clone() }).await?;
    let (accounts, played) = demo::provider::open(&serving, &folder.join("accounts")).await?;
    tokio::spawn(lives.go_on(feeding, played));
    let rules = settings.rules();
    tokio::spawn(async move {
        watcher::run(&serving, &rules, &Tellers::default(), &mut Telling::default(), |_, _| {}).await
    });
    let greeting = Some(demo::provider::greeting());
    sit_down(settings, store, "DEMO".to_owned(), Duties { accounts: Some(accounts), greeting, ..duties(settings) })
        .await
}

async fn sit_down(settings: &Settings, store: Store, place: String, duties: Duties) -> Result<(), CliError> {
    let args = &settings.args;
    let (roles, zone) = crate::desk::arrives(&store, args.role).await?;
    let session = session(settings, &store, roles, place);
    let files = args.files();
    let prefs = prefs(settings, &files, zone);
    let duties = Duties { zone: prefs.zone, ..duties };
    Ok(run::run(store, session, prefs, files, args.role, duties).await?)
}

/// Plays a recording, or prints its last screen as text.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened; [`CliError::Usage`] if it is empty or no recording, or there is
/// no terminal to play it on; [`CliError::Io`] if the output or the terminal fails.
pub async fn replay(settings: &Settings, ask: &Replay, out: &mut dyn Write) -> Result<(), CliError> {
    let file = std::fs::File::open(&ask.file)
        .map_err(|error| CliError::Missing(format!("{}: {}", ask.file.display(), crate::text::trouble(&error))))?;
    let lines = record::read(std::io::BufReader::new(file)).map_err(|fault| CliError::Usage(fault.to_string()))?;
    let prefs = prefs(settings, &settings.args.files(), Zone::default());
    let player = Player::new(lines, prefs).ok_or_else(|| CliError::Usage("the recording is empty".to_owned()))?;
    if ask.print || ask.at.is_some() {
        let shown = replay::show(player, ask.at);
        return Ok(writeln!(out, "{}", headless::text(&shown))?);
    }
    needs_a_terminal()?;
    Ok(replay::run(player).await?)
}

/// Writes a screen of the console to a picture file.
///
/// # Errors
///
/// [`CliError::Usage`] if a key has no such name; [`CliError::Missing`] if the file cannot be written;
/// [`CliError::Store`] if the database cannot be opened.
pub async fn screenshot(settings: &Settings, ask: &Screenshot) -> Result<(), CliError> {
    let args = &settings.args;
    // The keys of a screenshot must not write anything.
    let access = Access { read_only: true, ..args.access(CONNECTIONS) };
    let store = Store::open(&access).await?;
    let (roles, zone) = crate::desk::arrives(&store, args.role).await?;
    let session = Session { read_only: args.read_only, ..session(settings, &store, roles, place(&access.database)) };
    let prefs = prefs(settings, &args.files(), zone);
    let is_light = prefs.themes.get(prefs.theme).is_some_and(|named| named.name == theme::LIGHT);
    let mut console =
        Headless::with(store, session, prefs, args.role, Duties { zone, ..duties(settings) }, ask.size).await;
    console.press(&ask.keys).await.map_err(|key| CliError::Usage(format!("no key is called {key:?}")))?;
    let picture = svg::svg(&console.picture(), if is_light { &svg::LIGHT } else { &svg::DARK });
    // Written in place, so that links and pipes work.
    std::fs::write(&ask.file, picture)
        .map_err(|error| CliError::Missing(format!("{}: {}", ask.file.display(), crate::text::trouble(&error))))
}

/// What the console watches, and what it is set to do automatically.
fn duties(settings: &Settings) -> Duties {
    let work = &settings.args.work;
    Duties {
        rules: settings.rules(),
        automatic: work.automatic(),
        run_clock: work.run_clock,
        modes: work.modes(),
        tellers: work.tellers(),
        bell: work.alert_bell,
        desktop: work.alert_desktop,
        zone: settings.args.zone.unwrap_or_default(),
        accounts: accounts(settings),
        greeting: None,
    }
}

/// The accounts file of a server on this machine, if there is one.
fn accounts(settings: &Settings) -> Option<std::path::PathBuf> {
    let named = std::env::var_os("RECOURSE_ACCOUNTS").filter(|path| !path.is_empty()).map(Into::into);
    named
        .or_else(|| settings.folder().map(|folder| folder.join("accounts.toml")))
        .filter(|path: &std::path::PathBuf| path.exists())
}

/// The user, their roles and the database they work on.
fn session(settings: &Settings, store: &Store, roles: Roles, place: String) -> Session {
    let place = settings.args.environment.clone().unwrap_or(place);
    let is_production = |word: &str| matches!(word.to_ascii_lowercase().as_str(), "prod" | "production" | "live");
    let production = place.split(|letter: char| !letter.is_alphanumeric()).any(is_production);
    let (person, read_only) = (store.person.clone(), store.is_read_only());
    Session { person, roles, read_only, place, production, id: Uuid::new_v4() }
}

/// The user's preferences. Unless they chose a zone, times are in that of the desk's hours.
fn prefs(settings: &Settings, files: &Files, zone: Zone) -> Prefs {
    let args = &settings.args;
    let themes = settings.themes.clone();
    let follows = args.theme == theme::AUTO && !args.no_color() && !args.plain;
    // The terminal is asked, too; not every one answers, and a program between may not let the answer through.
    let told = std::env::var("COLORFGBG").ok().and_then(|colours| background::told(&colours));
    let name = if follows && told == Some(true) { theme::LIGHT } else { &args.theme };
    let theme = themes.iter().position(|theme| theme.name == name).unwrap_or(0);
    Prefs {
        keys: settings.keys.clone(),
        theme,
        themes,
        follows,
        colour: !args.no_color(),
        ascii: args.ascii,
        plain: args.plain,
        mask: args.mask,
        mouse: args.mouse,
        bidi: args.bidi,
        times: args.times,
        zone: args.zone.unwrap_or(zone),
        zone_chosen: args.zone.is_some(),
        plan: (args.work.plan_rate, args.work.plan_stop_after),
        plan_approval: args.work.plan_approval,
        links: settings.links.iter().map(|(name, (link, _))| (name.clone(), link.clone())).collect(),
        views: settings.views.iter().map(|(view, _)| view.clone()).collect(),
        kept: files.kept(),
    }
}

fn needs_a_terminal() -> Result<(), CliError> {
    let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !dumb {
        return Ok(());
    }
    Err(CliError::Usage("the console needs a terminal; recourse --help lists what works without one".to_owned()))
}

/// A short name of the database, without its password.
pub fn place(database: &Database) -> String {
    match database {
        Database::Embedded(_) => "private".to_owned(),
        Database::Url(url) => crate::store::connect::place(url),
    }
}
