//! The keeper: a process that parents the server and outlives every client, however they end.

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

use super::find::Binaries;
use super::{Error, Keeping, Place, Settings, lock_file, server};

/// How long a server has to hear that it should stop.
const AGAIN: Duration = Duration::from_millis(500);

/// The hidden command a keeper is started with.
pub const COMMAND: &str = "keep-private-server";

/// Starts this program again as a keeper, in a process group of its own.
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

/// A keeper's life, with the arguments it was started with: starts the server, reaps it, and stops it when the last client
/// is gone.
pub fn keep(arguments: &[PathBuf]) -> Result<ExitStatus, Error> {
    let [root, sockets, bin, keeping, libraries @ ..] = arguments else {
        return Err(Error::NotStarted { reason: "a keeper needs its arguments".to_owned(), log: PathBuf::new() });
    };
    let place = Place::prepared(root.clone(), sockets.clone());
    let binaries = Binaries { bin: bin.clone(), libraries: libraries.first().cloned() };
    let keeping = keeping.to_str().and_then(|word| word.parse().ok()).unwrap_or(Keeping::Durable);
    let failed = |error: std::io::Error| Error::NotStarted { reason: error.to_string(), log: place.log() };
    // One keeper a server; the one before may just be ending.
    let alone = lock_file(&place.keeper_lock())?;
    alone.lock().map_err(failed)?;
    let stopped = Arc::new(AtomicBool::new(false));
    let ended = if server::answers(&place.socket_file()) {
        // Its keeper was killed: this one takes its place, though not as its parent.
        let pid = server::pid(&place).ok_or_else(|| failed(std::io::Error::other("postmaster.pid names nobody")))?;
        stop_after_the_last(&place, pid, &stopped);
        Ok(ExitStatus::default())
    } else {
        let mut child = server::start(&place, &binaries, keeping == Keeping::Durable)?;
        let (watched, pid, stopping) = (place.clone(), child.id(), stopped.clone());
        thread::spawn(move || stop_after_the_last(&watched, pid, &stopping));
        child.wait().map_err(failed)
    };
    if keeping == Keeping::Throwaway && stopped.load(Ordering::SeqCst) {
        // Nobody is left who could be told.
        _ = fs::remove_dir_all(&place.root);
        _ = fs::remove_dir_all(&place.sockets);
    }
    ended
}

/// Waits until nobody holds `clients`, takes `start` so that nobody can come meanwhile, looks again, and stops the
/// server. The locks are held until this process ends, which is after the server has.
fn stop_after_the_last(place: &Place, pid: u32, stopped: &AtomicBool) {
    loop {
        let (Ok(clients), Ok(start)) = (lock_file(&place.clients_lock()), lock_file(&place.start_lock())) else {
            return;
        };
        // A starter holds `start` before it waits for `clients`: so let go of one before taking the other.
        if clients.lock().is_err() || clients.unlock().is_err() || start.lock().is_err() {
            return;
        }
        if clients.try_lock().is_ok() {
            stopped.store(true, Ordering::SeqCst);
            // Again and again: one that is just starting may not hear the first. The locks are held until it is gone.
            while i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), Signal::SIGINT).is_ok()) {
                thread::sleep(AGAIN);
            }
            return;
        }
    }
}
