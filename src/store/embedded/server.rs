//! The server process: creates its data, starts it, checks whether it answers.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::binaries::Binaries;
use super::{Error, Place, USER};

/// Settings of every private server. It serves one machine: a Unix socket, no TCP.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "shared_buffers=128MB",
    "logging_collector=off",
    "log_min_messages=warning",
    "log_min_error_statement=panic",
    "timezone=GMT",
];

/// Of a server that keeps its data. Rare checkpoints make imports fast and cost some disk.
const DURABLE: [&str; 1] = ["max_wal_size=2GB"];

/// A server whose data nobody will miss neither waits for the disk nor fills it.
const VOLATILE: [&str; 4] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=256MB"];

/// Creates a cluster in a temporary folder next to the final one, flushes it once, and renames it.
///
/// # Errors
///
/// [`Error::Initdb`] if `initdb` cannot run or fails, or if the new folder cannot be renamed.
pub fn initdb(place: &Place, binaries: &Binaries) -> Result<(), Error> {
    let fail = |error: std::io::Error| Error::Initdb(place.data(), error.to_string());
    for entry in fs::read_dir(&place.root).map_err(fail)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("data.new-") {
            // A process of a killed initdb may still write here. If the removal fails, the next start tries again.
            _ = fs::remove_dir_all(entry.path());
        }
    }
    let new = place.root.join(format!("data.new-{}", uuid::Uuid::new_v4().simple()));
    let mut command = binaries.command("initdb");
    command.arg("-D").arg(&new).args(["-U", USER, "-A", "trust", "-E", "UTF8", "--no-locale", "-k", "-N"]);
    let done = as_server(&mut command, place).stdin(Stdio::null()).output().map_err(fail)?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let telling = |line: &&str| line.contains("error") || line.contains("FATAL");
        let said = said.lines().find(telling).or_else(|| said.lines().last()).unwrap_or("initdb printed nothing");
        let error = Error::Initdb(place.data(), said.to_owned());
        _ = fs::remove_dir_all(&new);
        return Err(error);
    }
    // `initdb -N` leaves the flush to the operating system: one sync instead of a thousand.
    nix::unistd::sync();
    fs::rename(&new, place.data()).and_then(|()| File::open(&place.root)?.sync_all()).map_err(fail)
}

/// Starts the server in its own process group: a Ctrl-C or a closed terminal must not reach it.
///
/// # Errors
///
/// [`Error::NotStarted`] if an old lock file or the log cannot be written, or the process cannot be started.
pub fn start(place: &Place, binaries: &Binaries, durable: bool) -> Result<Child, Error> {
    let fail = |error: std::io::Error| Error::NotStarted { reason: error.to_string(), log: place.log() };
    bury(&place.data().join("postmaster.pid"), true).map_err(fail)?;
    bury(&place.sockets.join(".s.PGSQL.5432.lock"), false).map_err(fail)?;
    let log = File::options().create(true).append(true).open(place.log()).map_err(fail)?;
    let mut command = binaries.command("postgres");
    command.arg("-D").arg(place.data()).arg("-k").arg(&place.sockets);
    for setting in SETTINGS.iter().chain(if durable { &DURABLE[..] } else { &VOLATILE }) {
        command.args(["-c", setting]);
    }
    as_server(&mut command, place)
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(log.try_clone().map_err(fail)?)
        .stderr(log)
        .spawn()
        .map_err(fail)
}

fn as_server<'a>(command: &'a mut Command, place: &Place) -> &'a mut Command {
    if let Some((user, group)) = place.runs_as {
        command.uid(user).gid(group);
    }
    command.current_dir("/")
}

/// A killed postmaster can stay a zombie that no one reaps, or its process id can go to another program. Its lock file
/// then names a process that "exists" for ever. This writes an id that cannot exist; the other lines stay, so Postgres
/// still makes its own checks. A lock file without an id is deleted.
fn bury(lock: &Path, data: bool) -> std::io::Result<()> {
    const NOBODY: &str = "2147483646";
    let Ok(text) = fs::read_to_string(lock) else { return Ok(()) };
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    if first.trim().parse::<u32>().is_err() {
        return fs::remove_file(lock);
    }
    let stat = fs::read_to_string(format!("/proc/{}/stat", first.trim())).unwrap_or_default();
    let Some((named, state)) = stat.rsplit_once(')') else { return Ok(()) };
    let zombie = state.trim_start().starts_with(['Z', 'X']);
    // A server's working directory is its data directory.
    let lives = |home: PathBuf| lock.parent().and_then(|dir| fs::canonicalize(dir).ok()).is_some_and(|dir| dir == home);
    let elsewhere = fs::read_link(format!("/proc/{}/cwd", first.trim())).is_ok_and(|home| data && !lives(home));
    if zombie || elsewhere || !named.ends_with("(postgres") {
        fs::write(lock, format!("{NOBODY}\n{rest}"))?;
    }
    Ok(())
}

/// Whether this process is the server of this place: a server's working directory is its data directory.
pub fn is_of(pid: u32, place: &Place) -> bool {
    let home = fs::read_link(format!("/proc/{pid}/cwd"));
    home.is_ok_and(|home| fs::canonicalize(place.data()).is_ok_and(|data| data == home))
}

/// The process id of the server's first process.
pub fn pid(place: &Place) -> Option<u32> {
    fs::read_to_string(place.data().join("postmaster.pid")).ok()?.lines().next()?.trim().parse().ok()
}

/// The last FATAL or PANIC line of the log after this length, or else its last line.
pub fn said_since(place: &Place, length: u64) -> String {
    let mut text = String::new();
    let read = File::open(place.log()).and_then(|mut log| {
        log.seek(SeekFrom::Start(length))?;
        log.take(64 << 10).read_to_string(&mut text)
    });
    if read.is_err() {
        text.clear();
    }
    let telling = |line: &&str| line.contains("FATAL") || line.contains("PANIC");
    text.lines().rfind(telling).or_else(|| text.lines().last()).unwrap_or_default().to_owned()
}

/// Whether the server answers: sends a startup message and reads the first byte of an authentication reply.
pub fn answers(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket) else { return false };
    if stream.set_read_timeout(Some(Duration::from_secs(5))).is_err() {
        return false;
    }
    let body = format!("\0\x03\0\0user\0{USER}\0database\0postgres\0\0");
    let length = (body.len() as u32 + 4).to_be_bytes();
    let mut reply = [0];
    let answered = stream.write_all(&length).is_ok()
        && stream.write_all(body.as_bytes()).is_ok()
        && stream.read_exact(&mut reply).is_ok()
        && reply == *b"R";
    // End the session. If this fails, the server is going down.
    answered && stream.write_all(b"X\0\0\0\x04").is_ok()
}
