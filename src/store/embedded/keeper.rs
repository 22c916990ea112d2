//! The keeper: the parent process of the server. It outlives every client, however they end.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::binaries::Binaries;
use super::{Error, Keeping, Place, Settings, lock_file, server};

/// The pause before a server gets the stop signal again.
const AGAIN: Duration = Duration::from_millis(500);

/// The hidden command that starts a keeper.
pub const COMMAND: &str = "keep-private-server";

/// Starts this program again as a keeper, in a process group of its own.
///
/// # Errors
///
/// [`Error::NotStarted`] if the log cannot be opened or the program cannot be started.
pub fn start(settings: &Settings, place: &Place, binaries: &Binaries) -> Result<Child, Error> {
    let fail = |error: std::io::Error| Error::NotStarted { reason: error.to_string(), log: place.log() };
    let log = File::options().create(true).append(true).open(place.log()).map_err(fail)?;
    let mut command = Command::new(&settings.program);
    command.arg(COMMAND).arg(&place.root).arg(&place.sockets).arg(&binaries.bin);
    command.arg(<&str>::from(settings.keeping));
    if let Some(libraries) = &binaries.libraries {
        command.arg(libraries);
    }
    command
        .env_clear()
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(fail)?)
        .stderr(log)
        .spawn()
        .map_err(fail)
}

/// Runs as a keeper with these arguments: starts the server, reaps it, and stops it when the last client has gone.
///
/// # Errors
///
/// [`Error::Folder`] if the lock file cannot be opened; [`Error::NotStarted`] if arguments are missing, or the server
/// cannot be started or waited for.
pub fn keep(arguments: &[PathBuf]) -> Result<ExitStatus, Error> {
    let [root, sockets, bin, keeping, libraries @ ..] = arguments else {
        return Err(Error::NotStarted { reason: "the keeper's arguments are missing".to_owned(), log: PathBuf::new() });
    };
    let place = Place::prepared(root.clone(), sockets.clone());
    let binaries = Binaries { bin: bin.clone(), libraries: libraries.first().cloned() };
    let keeping = keeping.to_str().and_then(|word| word.parse().ok()).unwrap_or(Keeping::Durable);
    let failed = |error: std::io::Error| Error::NotStarted { reason: error.to_string(), log: place.log() };
    // One keeper per server; the previous one may be just ending.
    let alone = lock_file(&place.keeper_lock())?;
    alone.lock().map_err(failed)?;
    let stopped = Arc::new(AtomicBool::new(false));
    let ended = if server::answers(&place.socket_file()) {
        // The keeper was killed: this one replaces it, but is not the server's parent.
        let pid =
            server::pid(&place).ok_or_else(|| failed(std::io::Error::other("postmaster.pid has no process id")))?;
        stop_after_the_last(&place, pid, &stopped);
        Ok(ExitStatus::default())
    } else {
        let mut child = server::start(&place, &binaries, keeping == Keeping::Durable)?;
        let (watched, pid, stopping) = (place.clone(), child.id(), stopped.clone());
        thread::spawn(move || stop_after_the_last(&watched, pid, &stopping));
        child.wait().map_err(failed)
    };
    if keeping == Keeping::Throwaway && stopped.load(Ordering::SeqCst) {
        // No one is left to report an error to.
        _ = fs::remove_dir_all(&place.root);
        _ = fs::remove_dir_all(&place.sockets);
    }
    ended
}

/// Waits until no one holds `clients`, takes `start` so that no one can join, checks again, and stops the server. The
/// locks are held until this process ends, which is after the server has ended.
fn stop_after_the_last(place: &Place, pid: u32, stopped: &AtomicBool) {
    loop {
        let (Ok(clients), Ok(start)) = (lock_file(&place.clients_lock()), lock_file(&place.start_lock())) else {
            return;
        };
        // A joining program holds `start` while it waits for `clients`, so release one lock before taking the other.
        if clients.lock().is_err() || clients.unlock().is_err() || start.lock().is_err() {
            return;
        }
        if clients.try_lock().is_ok() {
            stopped.store(true, Ordering::SeqCst);
            // Signal repeatedly: a server that is just starting may miss the first one. Hold the locks until it ends.
            while i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), Signal::SIGINT).is_ok()) {
                thread::sleep(AGAIN);
            }
            return;
        }
    }
}
