//! Folders that temporary servers left behind because they were killed together with their keeper.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Place, lock_file, server};

/// A folder without a lock and without the name of its room is of a server that just begins, unless it is older than this.
const BEGINS: Duration = Duration::from_secs(600);
/// How long a server may take to end.
const ENDS: Duration = Duration::from_secs(10);

/// Removes the folders in `parent` whose name starts with `name`, and that no process uses. What cannot be removed, for
/// example because it belongs to another user, stays.
pub fn remove(parent: &Path, name: &str) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    let is_one = |entry: &fs::DirEntry| {
        entry.file_name().to_string_lossy().starts_with(name) && entry.file_type().is_ok_and(|kind| kind.is_dir())
    };
    for entry in entries.flatten().filter(is_one) {
        let age = entry.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
        let marked = ["start.lock", "room"].iter().any(|name| entry.path().join(name).exists());
        if !marked && age.is_none_or(|age| age < BEGINS) {
            continue;
        }
        if let Ok(place) = Place::prepare(&entry.path())
            && let Some(locks) = unused(&place)
        {
            stop(&place);
            // Another program may be removing it, too.
            _ = fs::remove_dir_all(&place.root);
            _ = fs::remove_dir_all(&place.sockets);
            _ = fs::remove_dir_all(entry.path());
            drop(locks);
        }
    }
}

/// The locks of a place, if no client and no keeper holds one.
fn unused(place: &Place) -> Option<Vec<File>> {
    let lock = |path: PathBuf| lock_file(&path).ok().filter(|file| file.try_lock().is_ok());
    [place.start_lock(), place.clients_lock(), place.keeper_lock()].into_iter().map(lock).collect()
}

/// Stops the server of a place, if it still runs: its data is not needed any more.
fn stop(place: &Place) {
    let Some(pid) = server::pid(place).filter(|pid| server::is_of(*pid, place)) else { return };
    let began = Instant::now();
    while server::is_of(pid, place) && began.elapsed() < ENDS {
        _ = i32::try_from(pid).map(|pid| kill(Pid::from_raw(pid), Signal::SIGQUIT));
        std::thread::sleep(Duration::from_millis(20));
    }
}
