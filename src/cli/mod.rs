//! Every command that runs without the console. Data goes to `out`, errors to the caller; commands return exit codes.

mod accounts;
pub mod act;
mod anchor;
mod answer;
pub mod book;
mod carry;
pub mod case;
pub mod clock;
pub mod doctor;
mod drift;
mod erase;
pub mod export;
pub mod inbox;
mod intake;
mod json;
pub mod law;
mod log;
pub mod metrics;
pub mod people;
pub mod plan;
mod reconcile;
mod requests;
pub mod sample;
mod sandbox;
mod serve;
pub mod settings;
mod statement;
pub mod table;
pub mod verify;
pub mod views;
pub mod watch;
mod workspaces;

use std::cell::Cell;
use std::io::{self, Write};
use std::rc::Rc;

use chrono::{DateTime, Utc};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::domain::{NotPermitted, OrderKey, Roles, Why};
use crate::exit::{CliError, End};
use crate::records::Zone;
use crate::settings::Settings;
use crate::settings::args::Verb;
use crate::settings::ask::work::PlanVerb;
use crate::store::people::is_intake;
use crate::store::{Store, StoreError, feed};
use json::RefusedLine;

/// The database connections of a server: it sends, reads, receives and judges at the same time.
const SERVING: u32 = 16;

/// What every command works with.
pub struct Desk<'a> {
    /// The order book.
    pub store: Store,
    /// The roles the person acts in.
    pub roles: Roles,
    /// One JSON object per line instead of tables.
    pub json: bool,
    /// The zone of moments in text, if the person chose one.
    pub zone: Option<Zone>,
    /// Where output goes.
    pub out: &'a mut dyn Write,
    /// Set while it waits for someone else than the database.
    pub elsewhere: Rc<Cell<bool>>,
}

/// Runs a command that needs no console.
///
/// # Errors
///
/// [`CliError::Store`] if the database cannot be opened, or [`CliError::NotKnown`] for a monitoring check; otherwise
/// the error of the command itself.
pub async fn run(settings: &Settings, verb: &Verb, out: &mut dyn Write) -> Result<End, CliError> {
    let args = &settings.args;
    match verb {
        Verb::Law(form) => return law::law(form, args.json, out),
        Verb::Sample(ask) => return sample::sample(ask, out),
        Verb::Config(ask) => return settings::config(settings, ask, out),
        Verb::Completions { shell } => return settings::completions(*shell, out),
        Verb::Man { command, to } => return settings::man(command.as_deref(), to.as_deref(), out),
        Verb::Sandbox(ask) => return sandbox::sandbox(settings, ask, out).await,
        Verb::Doctor => return doctor::doctor(settings, out).await,
        Verb::Workspace(ask) => return workspaces::workspace(settings, ask, out).await,
        _ => {}
    }
    // For a monitoring check, every error means that the state is unknown.
    let unknown =
        |error| if matches!(verb, Verb::Stuck(ask) if ask.once) { CliError::NotKnown(error) } else { error.into() };
    let connections = match verb {
        Verb::Serve(_) => SERVING,
        Verb::Import(ask) => ask.connections + 3,
        _ => 4,
    };
    let store = Store::open(&args.access(connections)).await.map_err(unknown)?;
    let roles = crate::desk::roles(&store, args.role).await.map_err(unknown)?;
    if let Some(lag) = if store.is_read_only() { feed::lag(&store.pool).await.map_err(unknown)? } else { None } {
        // Standard error may be closed; the answer counts.
        _ = writeln!(io::stderr(), "recourse: read from a standby, {lag:.0} s behind");
    }
    let bell = store.clone();
    let elsewhere = Rc::new(Cell::new(false));
    let mut desk = Desk { store, roles, json: args.json, zone: args.zone, out, elsewhere: elsewhere.clone() };
    if runs_on(verb) {
        log::start(args);
    }
    let work = one(&mut desk, settings, verb);
    let ended = patiently(work, verb, &elsewhere).await;
    feed::ring_before_exit(&bell).await;
    ended
}

/// Runs a command with the order book.
async fn one(desk: &mut Desk<'_>, settings: &Settings, verb: &Verb) -> Result<End, CliError> {
    let args = &settings.args;
    match verb {
        Verb::Board => book::board(desk).await,
        Verb::Orders(ask) => book::orders(desk, settings, ask).await,
        Verb::View(ask) => views::view(desk, settings, ask).await,
        Verb::Show(ask) => book::show(desk, ask).await,
        Verb::Actions(ask) => book::actions(desk, ask).await,
        Verb::Act(ask) => act::act(desk, ask).await,
        Verb::Case(ask) => case::case(desk, ask).await,
        Verb::Next(ask) => case::next(desk, ask).await,
        Verb::Letter(ask) => case::explain::letter(desk, ask).await,
        Verb::Export(ask) => export::export(desk, settings, ask).await,
        Verb::Report(ask) => case::explain::report(desk, ask).await,
        Verb::Policy(ask) => case::policy(desk, ask).await,
        Verb::Import(ask) => intake::import(desk, ask).await,
        Verb::Quarantine(ask) => intake::quarantine(desk, ask).await,
        Verb::Inbox(ask) => inbox::inbox(desk, ask).await,
        Verb::People(ask) => people::people(desk, ask).await,
        Verb::Verify(ask) => verify::verify(desk, ask).await,
        Verb::Erase(ask) => erase::erase(desk, ask).await,
        Verb::Migrate => said(desk, "done", "The schema and the law are up to date.", End::Done),
        Verb::Clock(ask) => clock::clock(desk, &args.work, ask).await,
        Verb::Stuck(ask) => watch::watch(desk, settings, ask).await,
        Verb::Plan(ask) => plan::plan(desk, args, ask).await,
        Verb::Serve(ask) => serve::serve(desk, settings, ask).await,
        Verb::Accounts(ask) => accounts::accounts(desk, settings, ask).await,
        Verb::Requests(ask) => requests::requests(desk, ask).await,
        Verb::Drift(ask) => drift::drift(desk, ask).await,
        Verb::Statement(ask) => statement::statement(desk, ask).await,
        Verb::Reconcile(ask) => reconcile::reconcile(desk, ask).await,
        Verb::Metrics(ask) => metrics::metrics(desk, ask).await,
        Verb::Law(_)
        | Verb::Sample(_)
        | Verb::Sandbox(_)
        | Verb::Demo(_)
        | Verb::Config(_)
        | Verb::Completions { .. }
        | Verb::Man { .. }
        | Verb::Replay(_)
        | Verb::Screenshot(_)
        | Verb::Workspace(_)
        | Verb::Doctor => Ok(End::Usage),
    }
}

/// Prints a result with a message.
fn said(desk: &mut Desk<'_>, result: &'static str, message: &str, end: End) -> Result<End, CliError> {
    if desk.json {
        desk.line(&serde_json::json!({ "result": result, "message": message }))?;
    } else {
        writeln!(desk.out, "{result}: {message}")?;
    }
    Ok(end)
}

/// Prints what the database refused.
fn refused(desk: &mut Desk<'_>, why: String, message: String) -> Result<End, CliError> {
    if desk.json {
        desk.line(&serde_json::json!({ "result": "refused", "why": why, "message": message }))?;
    } else {
        writeln!(desk.out, "refused: {message}")?;
    }
    Ok(End::Refused)
}

/// Prints that no role of this person may do this.
fn not_permitted(desk: &mut Desk<'_>, refused: NotPermitted) -> Result<End, CliError> {
    let message = refused.to_string();
    if desk.json {
        desk.line(&RefusedLine::because(Why::NotYours, message))?;
    } else {
        writeln!(desk.out, "refused: {message}")?;
    }
    Ok(End::Refused)
}

/// Refuses what only logins that bring in facts may do: importing, and expiring orders.
async fn intake_only(desk: &mut Desk<'_>) -> Result<Option<End>, CliError> {
    if is_intake(&desk.store).await? {
        return Ok(None);
    }
    let person = crate::text::clean(&desk.store.person);
    let message = format!(
        "{person} may not bring in what others report: that needs the role recourse_intake, which the database owner can grant (grant recourse_intake to {person:?})"
    );
    if desk.json {
        desk.line(&RefusedLine::because(Why::NotYours, message))?;
    } else {
        writeln!(desk.out, "refused: {message}")?;
    }
    Ok(Some(End::Refused))
}

/// After this time without an answer a command says that it waits.
const SLOW: std::time::Duration = std::time::Duration::from_secs(3);

/// After this time a command that should have its answer at once gives up. A write knows by then what became of it.
const GIVES_UP: std::time::Duration = std::time::Duration::from_secs(60);

/// Does the work of a command. If it should have an answer at once and has none, it says since when it waits, and gives up in the end.
async fn patiently(
    work: impl Future<Output = Result<End, CliError>>,
    verb: &Verb,
    elsewhere: &Cell<bool>,
) -> Result<End, CliError> {
    let at_once = || answers_at_once(verb) && !elsewhere.get();
    let asked = Utc::now();
    let mut work = std::pin::pin!(work);
    match tokio::time::timeout(SLOW, &mut work).await {
        Ok(ended) => ended,
        Err(_) => {
            if at_once() {
                let since = asked.format("%H:%M:%S");
                // Standard error may be closed; the answer counts.
                _ = writeln!(io::stderr(), "recourse: waiting for the database since {since} UTC");
            }
            if !at_once() && !matches!(verb, Verb::Stuck(ask) if !ask.follow) {
                return work.await;
            }
            let silent = format!(
                "it does not answer (waited for {} s); if you changed something, look whether it is recorded before you repeat it",
                GIVES_UP.as_secs()
            );
            let given_up = |_| Err(CliError::Store(StoreError::Unreachable(silent)));
            tokio::time::timeout(GIVES_UP - SLOW, work).await.unwrap_or_else(given_up)
        }
    }
}

/// Whether a command should have its answer at once, so that a long wait is the database's.
fn answers_at_once(verb: &Verb) -> bool {
    let long = matches!(verb, Verb::Export(_) | Verb::Verify(_) | Verb::Report(_) | Verb::Migrate | Verb::Clock(_));
    !long && !runs_on(verb) && !matches!(verb, Verb::Stuck(_))
}

/// Whether a command runs until it is stopped, or until all is done: then nobody looks at it, and it keeps a log.
fn runs_on(verb: &Verb) -> bool {
    match verb {
        Verb::Clock(ask) => !ask.once,
        Verb::Metrics(ask) => !ask.once,
        Verb::Serve(_) => true,
        Verb::Stuck(ask) => ask.follow,
        Verb::Plan(ask) => matches!(ask.verb, Some(PlanVerb::Run { .. })),
        Verb::Import(_) => true,
        _ => false,
    }
}

/// Runs work until it ends, or until a signal stops it: then returns `None`.
async fn until_stopped<T>(work: impl Future<Output = T>) -> Option<T> {
    // Before any work: a signal that comes while the first of it is done would end the process without a word.
    let Ok(mut stops) = signals() else { return Some(work.await) };
    tokio::select! {
        () = stopped(&mut stops) => None,
        ended = work => Some(ended),
    }
}

/// Keeps a worker running until a signal stops it, through database outages. Then records that it ended, so that no
/// alert reports it as silent.
async fn keep_on(
    store: &Store,
    worker: &str,
    mut work: impl AsyncFnMut() -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let working = async {
        loop {
            match work().await {
                Err(error) if !error.is_final() => {
                    tracing::warn!(worker, error = %crate::text::clean(&error.to_string()), "trying again");
                    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
                    store.sweep().await;
                    // Restarts a private server that died; a real server is not ours to restart.
                    _ = store.revive().await;
                }
                ended => break ended,
            }
        }
    };
    tracing::info!(worker, "started");
    let ended = until_stopped(working).await;
    match &ended {
        Some(Err(error)) => tracing::error!(worker, error = %crate::text::clean(&error.to_string()), "failed"),
        Some(Ok(())) | None => tracing::info!(worker, "stopped"),
    }
    // One that stopped because of its machine's clock has to be missed: the alert about silent workers says so.
    if !matches!(ended, Some(Err(StoreError::WrongClock(_)))) {
        _ = crate::store::heartbeat::end(store, worker).await;
    }
    ended.unwrap_or(Ok(()))
}

/// Listens for the signals that stop a command, from now on.
fn signals() -> io::Result<[Signal; 3]> {
    Ok([signal(SignalKind::terminate())?, signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?])
}

/// Waits for one of them.
async fn stopped([term, hup, int]: &mut [Signal; 3]) {
    tokio::select! {
        _ = term.recv() => {}
        _ = hup.recv() => {}
        _ = int.recv() => {}
    }
}

impl Desk<'_> {
    /// Refuses a command that writes if nothing can be written.
    fn writes(&self) -> Result<(), CliError> {
        self.store.read_only.map_or(Ok(()), |why| Err(CliError::Usage(why.to_string())))
    }

    /// A time for people, in the zone that the person asked for.
    fn shown(&self, at: DateTime<Utc>) -> String {
        self.zone.unwrap_or_default().long(at)
    }

    /// Prints one JSON object on a line.
    fn line(&mut self, value: &impl serde::Serialize) -> Result<(), CliError> {
        let text = crate::text::json(value).map_err(io::Error::from)?;
        Ok(writeln!(self.out, "{text}")?)
    }

    /// Finds an order by name: `tamara:T-1`, or its id alone if only one provider has it.
    async fn find(&self, name: &str) -> Result<OrderKey, CliError> {
        let found = crate::desk::called(&self.store, name).await?;
        match found.as_slice() {
            [] => Err(CliError::Missing(format!("no order {}", crate::text::clean(name)))),
            [one] => Ok(one.order.key.clone()),
            several => {
                let names: Vec<String> = several.iter().map(|stored| stored.order.key.to_string()).collect();
                Err(CliError::Usage(format!(
                    "{} matches several orders: use {}",
                    crate::text::clean(name),
                    names.join(" or ")
                )))
            }
        }
    }
}
