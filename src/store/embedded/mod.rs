//! The embedded default: the machine's own Postgres, run privately, shared by every `recourse` of one data directory.
//!
//! Two file locks keep order. `start` is held exclusively while starting or stopping; `clients` is held shared for a
//! program's life, and the kernel frees it however the program ends. A keeper, this same binary in a process group of
//! its own, parents the server and stops it when the last client is gone.

pub mod find;
mod keeper;
mod obtain;
mod place;
mod server;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use strum::{EnumString, IntoStaticStr};

pub use keeper::{COMMAND as KEEPER, keep};
pub use place::{Place, default_dir};

/// How long a server may take to answer after it was started: recovery after a crash included.
const PATIENCE: Duration = Duration::from_secs(60);

/// How well the data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Keeping {
    /// Commits wait for the disk.
    Durable,
    /// They do not: for tests.
    Volatile,
    /// They do not, and everything is removed when the last client is gone: for the demo.
    Throwaway,
}

/// What the embedded default needs to know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// The folder with `postgres` and `initdb`, where it is not to be looked for.
    pub binaries: Option<PathBuf>,
    /// This program: the keeper is started from it.
    pub program: PathBuf,
    /// How well the data is kept.
    pub keeping: Keeping,
    /// Asked before anything is downloaded; `None` where nobody can be asked, and then it is done.
    pub ask: Option<fn(&str) -> bool>,
}

/// Why the embedded default could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable binaries.
    #[error(
        "no PostgreSQL {wanted} found (looked in RECOURSE_PG_BIN, PATH and the usual folders){tried}; install it with: {advice}, or name a server with --database-url"
    )]
    NoBinaries {
        /// `14 or newer`, or the major version the data needs.
        wanted: String,
        /// What came of trying to get them.
        tried: String,
        /// The one command to run.
        advice: String,
    },
    /// A folder or lock.
    #[error("the data directory {0}: {1}; choose another with --data-dir")]
    Folder(PathBuf, #[source] io::Error),
    /// initdb said no.
    #[error("a new database could not be made in {0}: {1}")]
    Initdb(PathBuf, String),
    /// The server ended or never answered.
    #[error("the private PostgreSQL did not start: {reason}; its log is {log}", log = .log.display())]
    NotStarted {
        /// What was seen.
        reason: String,
        /// Where it writes.
        log: PathBuf,
    },
}

/// A running private server, for as long as this lives.
#[derive(Debug)]
pub struct Embedded {
    settings: Settings,
    place: Place,
    _clients: File,
}

impl Embedded {
    /// Joins the server of this data directory, or starts it. Blocks; up to a minute after a crash.
    pub fn join(settings: &Settings) -> Result<Self, Error> {
        let place = Place::prepare(&settings.dir)?;
        let start = lock_file(&place.start_lock())?;
        lock_in_time(&start, &place)?;
        let clients = lock_file(&place.clients_lock())?;
        clients.lock_shared().map_err(|error| Error::Folder(place.root.clone(), error))?;
        if !server::answers(&place.socket_file()) {
            begin(settings, &place)?;
        } else if lock_file(&place.keeper_lock())?.try_lock().is_ok() {
            // Its keeper was killed: without one it would never stop.
            keeper::start(settings, &place, &find::find(settings, &place)?)?;
        }
        Ok(Self { settings: settings.clone(), place, _clients: clients })
    }

    /// Starts the server again, should it have died. Blocks like [`Embedded::join`].
    pub fn revive(&self) -> Result<(), Error> {
        if server::answers(&self.place.socket_file()) {
            return Ok(());
        }
        Self::join(&self.settings).map(drop)
    }

    /// The folder its socket is in.
    pub fn socket_dir(&self) -> &Path {
        &self.place.sockets
    }
}

/// The database user of every embedded server; people are named with `--as`.
pub const USER: &str = "recourse";

fn lock_file(path: &Path) -> Result<File, Error> {
    File::options()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(path)
        .map_err(|error| Error::Folder(path.to_owned(), error))
}

/// Others may be starting or stopping it: for as long as that may take, and not for ever.
fn lock_in_time(start: &File, place: &Place) -> Result<(), Error> {
    let asked = Instant::now();
    loop {
        match start.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(Error::Folder(place.root.clone(), error)),
            Err(TryLockError::WouldBlock) if asked.elapsed() > PATIENCE * 2 => {
                let reason = "another process has been starting or stopping it for two minutes".to_owned();
                return Err(Error::NotStarted { reason, log: place.log() });
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Starts the keeper, which starts the server, and waits until a session is answered.
fn begin(settings: &Settings, place: &Place) -> Result<(), Error> {
    let binaries = find::find(settings, place)?;
    if place.major().is_none() {
        server::initdb(place, &binaries)?;
    }
    let started = Instant::now();
    let length = || place.log().metadata().map_or(0, |meta| meta.len());
    let failed = |reason: String| Error::NotStarted { reason, log: place.log() };
    let mut before = length();
    let mut keeper = keeper::start(settings, place, &binaries)?;
    loop {
        if server::answers(&place.socket_file()) {
            return Ok(());
        }
        if started.elapsed() > PATIENCE {
            return Err(failed(format!("no answer in {} s", PATIENCE.as_secs())));
        }
        if let Ok(Some(_)) = keeper.try_wait() {
            let said = server::said_since(place, before);
            let leftover = LEFTOVERS.iter().any(|sign| said.contains(sign));
            if !leftover || started.elapsed() > PATIENCE / 4 {
                return Err(failed(format!("it said {said:?}")));
            }
            std::thread::sleep(Duration::from_millis(200));
            before = length();
            keeper = keeper::start(settings, place, &binaries)?;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// What Postgres says while processes of a killed server are still at work: they notice soon, and end.
const LEFTOVERS: [&str; 3] =
    ["pre-existing shared memory block", "lock file \"postmaster.pid\" already exists", "is still in use"];
