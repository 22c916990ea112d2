//! The embedded server (default): the machine's own Postgres, run privately and shared by every `recourse` that uses
//! the same data directory.
//!
//! Two file locks coordinate them. `start` is held exclusively while the server starts or stops. `clients` is held
//! shared as long as a program runs; the kernel releases it however the program ends. A keeper (this binary in its own
//! process group) is the server's parent and stops it when the last client has gone.

pub mod binaries;
pub mod find;
mod keeper;
mod leftover;
mod obtain;
mod place;
mod server;

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use strum::{EnumString, IntoStaticStr};

pub use keeper::{COMMAND as KEEPER, keep};
pub use leftover::remove as remove_leftovers;
pub use place::{Place, cache_dir, default_dir};

/// How long a server may take to answer after its start, including recovery after a crash.
const PATIENCE: Duration = Duration::from_secs(60);

/// How durable the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Keeping {
    /// Commits wait for the disk.
    Durable,
    /// Commits do not wait: for tests.
    Volatile,
    /// Commits do not wait, and everything is deleted when the last client has gone: for the demo.
    Throwaway,
}

/// The settings of the embedded server.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub dir: PathBuf,
    /// The folder with `postgres` and `initdb`; `None` searches for it.
    pub binaries: Option<PathBuf>,
    /// The folder that keeps downloaded binaries.
    pub cache: PathBuf,
    /// The path of this program, which the keeper runs.
    pub program: PathBuf,
    /// How durable the data is.
    pub keeping: Keeping,
    /// Asks before a download. With `None`, no one can be asked, and the download starts without a question.
    pub ask: Option<fn(&str) -> bool>,
}

/// Why the embedded server could not be found or started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No usable binaries.
    #[error(
        "no PostgreSQL {wanted} found (looked in RECOURSE_PG_BIN, PATH and the usual folders){tried}; install it with: {advice}, or name a server with --database-url"
    )]
    NoBinaries {
        /// `14 or newer`, or the major version the data needs.
        wanted: String,
        /// Why a download did not help.
        tried: String,
        /// The one command to run.
        advice: String,
    },
    /// A folder or a lock failed.
    #[error("cannot use the data directory {0}: {1}; choose another with --data-dir")]
    Folder(PathBuf, #[source] io::Error),
    /// initdb failed.
    #[error("cannot create a new database in {0}: {1}")]
    Initdb(PathBuf, String),
    /// The server ended or never answered.
    #[error("the private PostgreSQL did not start: {reason}; see its log: {log}", log = .log.display())]
    NotStarted {
        /// What went wrong.
        reason: String,
        /// The server's log.
        log: PathBuf,
    },
}

/// A private server that runs at least as long as this value lives.
#[derive(Debug)]
pub struct Embedded {
    settings: Settings,
    place: Place,
    _clients: File,
}

impl Embedded {
    /// Joins the server of this data directory, or starts it. Blocks, after a crash for up to a minute.
    ///
    /// # Errors
    ///
    /// [`Error::Folder`] if the folder or a lock cannot be used; [`Error::NoBinaries`], [`Error::Initdb`] or
    /// [`Error::NotStarted`] if the server has to be started and that fails. Also [`Error::NotStarted`] if another
    /// process starts or stops it for more than two minutes.
    pub fn join(settings: &Settings) -> Result<Self, Error> {
        let place = Place::prepare(&settings.dir)?;
        let start = lock_file(&place.start_lock())?;
        lock_in_time(&start, &place)?;
        let clients = lock_file(&place.clients_lock())?;
        clients.lock_shared().map_err(|error| Error::Folder(place.root.clone(), error))?;
        if !server::answers(&place.socket_file()) {
            begin(settings, &place)?;
        } else if lock_file(&place.keeper_lock())?.try_lock().is_ok() {
            // The keeper was killed. Without one the server would never stop.
            keeper::start(settings, &place, &find::find(settings, &place)?)?;
        }
        Ok(Self { settings: settings.clone(), place, _clients: clients })
    }

    /// Restarts the server if it died. Blocks like [`Embedded::join`].
    ///
    /// # Errors
    ///
    /// As [`Embedded::join`], if the server died and cannot be started again.
    pub fn revive(&self) -> Result<(), Error> {
        if server::answers(&self.place.socket_file()) {
            return Ok(());
        }
        Self::join(&self.settings).map(drop)
    }

    /// The folder of its socket.
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

/// Takes the start lock. Waits while another process starts or stops the server, but not for ever.
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

/// Starts the keeper, which starts the server, and waits until the server answers.
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
                return Err(failed(format!("it reported {said:?}")));
            }
            std::thread::sleep(Duration::from_millis(200));
            before = length();
            keeper = keeper::start(settings, place, &binaries)?;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Postgres errors while processes of a killed server are still running. Those notice soon and end.
const LEFTOVERS: [&str; 3] =
    ["pre-existing shared memory block", "lock file \"postmaster.pid\" already exists", "is still in use"];
