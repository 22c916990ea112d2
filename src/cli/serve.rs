//! `recourse serve`: receives, sends, reads, and runs the clocks and the watcher, until it is stopped.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Desk;
use crate::exit::{CliError, End};
use crate::serve::{self, Part, Server};
use crate::settings::Settings;
use crate::settings::ask::provider::Serve;
use crate::store::{Store, StoreError, heartbeat};
use crate::work::deliver::Telling;
use crate::work::{clock, watcher};

/// The pause before work is taken up again after the database was lost.
const PAUSE: Duration = Duration::from_secs(2);

/// The accounts file: the one that was named, or accounts.toml next to the configuration file.
///
/// # Errors
///
/// [`CliError::Usage`] if none is named and there is no home directory.
pub fn file(settings: &Settings, named: Option<&PathBuf>) -> Result<PathBuf, CliError> {
    let beside = || settings.folder().map(|folder| folder.join("accounts.toml"));
    let none = || CliError::Usage("name the accounts file with --accounts".to_owned());
    named.cloned().filter(|path| !path.as_os_str().is_empty()).or_else(beside).ok_or_else(none)
}

/// Serves until stopped.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only or the accounts file is wrong; [`CliError::Missing`] if nothing can listen on the
/// address; [`CliError::Store`] if the database fails.
pub async fn serve(desk: &mut Desk<'_>, settings: &Settings, ask: &Serve) -> Result<End, CliError> {
    desk.writes()?;
    if let Some(end) = super::intake_only(desk).await? {
        return Ok(end);
    }
    let parts = ask.parts();
    let accounts = file(settings, ask.accounts.as_ref())?;
    let server =
        Server::new(desk.store.clone(), serve::Ask { accounts, parts: parts.clone() }).map_err(CliError::Usage)?;
    let taken = |error: std::io::Error| {
        CliError::Missing(format!("cannot listen on {}: {}", ask.listen, crate::text::trouble(&error)))
    };
    let listener = TcpListener::bind(ask.listen).await.map_err(taken)?;
    writeln!(desk.out, "http://{}", listener.local_addr()?)?;
    desk.out.flush()?;
    let mut stops = stops()?;
    let serving = serve::run(&server, listener);
    tokio::pin!(serving);
    let ended: Result<(), StoreError> = tokio::select! {
        // What is under way is answered first; a second signal does not wait for that.
        () = stopped(&mut stops) => tokio::select! {
            () = server.finish() => Ok(()),
            () = stopped(&mut stops) => Ok(()),
            ended = &mut serving => ended,
        },
        ended = &mut serving => ended,
        ended = clocks(&desk.store, settings, &parts) => ended,
        ended = alerts(&desk.store, settings, &parts) => ended,
    };
    for (part, worker) in [(Part::Clock, clock::CLOCK), (Part::Watch, watcher::WATCHER)] {
        if parts.contains(&part) && !matches!(ended, Err(StoreError::WrongClock(_))) {
            _ = heartbeat::end(&desk.store, worker).await;
        }
    }
    Ok(ended.map(|()| End::Done)?)
}

async fn clocks(store: &Store, settings: &Settings, parts: &BTreeSet<Part>) -> Result<(), StoreError> {
    if !parts.contains(&Part::Clock) {
        return std::future::pending().await;
    }
    lasting(store, async || clock::run(store, settings.args.work.modes(), |_, _| {}).await).await
}

async fn alerts(store: &Store, settings: &Settings, parts: &BTreeSet<Part>) -> Result<(), StoreError> {
    if !parts.contains(&Part::Watch) {
        return std::future::pending().await;
    }
    let (rules, tellers) = (settings.rules(), settings.args.work.tellers());
    let mut telling = Telling::default();
    lasting(store, async || watcher::run(store, &rules, &tellers, &mut telling, |_, _| {}).await).await
}

/// Work that goes on through outages of the database.
async fn lasting(store: &Store, mut work: impl AsyncFnMut() -> Result<(), StoreError>) -> Result<(), StoreError> {
    loop {
        match work().await {
            Err(error) if !error.is_final() => {
                tracing::warn!(error = %crate::text::clean(&error.to_string()), "trying again");
                tokio::time::sleep(PAUSE).await;
                store.sweep().await;
                _ = store.revive().await;
            }
            ended => return ended,
        }
    }
}

/// The signals that stop it. A hangup has the accounts read again.
pub(super) fn stops() -> std::io::Result<[Signal; 2]> {
    Ok([signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?])
}

/// Waits for one of them.
pub(super) async fn stopped([term, int]: &mut [Signal; 2]) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
