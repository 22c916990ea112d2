//! The folders of a private server, and the user it runs as.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use nix::unistd::{Uid, User};
use sha2::{Digest, Sha256};

use super::Error;

/// Folders and files of one private server.
#[derive(Debug, Clone)]
pub struct Place {
    /// Contains everything except the socket; mode 0700.
    pub root: PathBuf,
    /// The folder of the socket: in the root, or in the system's temporary folder if the root's path is too long.
    pub sockets: PathBuf,
    /// The user and group that the server runs as, if this process is root: Postgres must not be root.
    pub runs_as: Option<(u32, u32)>,
}

/// The longest path a Unix socket may have is 107 bytes.
const LONGEST_SOCKET: usize = 100;

/// The folder for root. A server without root rights can always reach it.
const SYSTEM_STATE: &str = "/var/lib/recourse";

/// The cache for root, for the same reason.
const SYSTEM_CACHE: &str = "/var/cache/recourse";

/// The user's data directory, or the system's state directory for root.
pub fn default_dir(data_home: Option<&Path>, home: Option<&Path>) -> PathBuf {
    if Uid::effective().is_root() {
        return PathBuf::from(SYSTEM_STATE).join("main");
    }
    below(data_home, home, ".local/share")
}

/// The user's cache directory, or the system's for root.
pub fn cache_dir(cache_home: Option<&Path>, home: Option<&Path>) -> PathBuf {
    if Uid::effective().is_root() {
        return PathBuf::from(SYSTEM_CACHE);
    }
    below(cache_home, home, ".cache")
}

/// Our folder in one of the user's directories: the one that is named, or the usual one in the home directory.
fn below(named: Option<&Path>, home: Option<&Path>, usual: &str) -> PathBuf {
    let named = named.filter(|path| path.is_absolute()).map(Path::to_owned);
    let listed = || User::from_uid(Uid::effective()).ok().flatten().map(|user| user.dir);
    let home = home.map(Path::to_owned).or_else(listed).unwrap_or_else(|| PathBuf::from("/tmp"));
    named.unwrap_or_else(|| home.join(usual)).join("recourse")
}

impl Place {
    /// Creates the folders and checks who owns them.
    ///
    /// # Errors
    ///
    /// [`Error::Folder`] if a folder cannot be created, has other files, or belongs to another user.
    pub fn prepare(dir: &Path) -> Result<Self, Error> {
        let fail = |error| Error::Folder(dir.to_owned(), error);
        let runs_as = server_user();
        fs::create_dir_all(dir).map_err(fail)?;
        let asked = fs::canonicalize(dir).map_err(fail)?;
        ours(&asked).map_err(fail)?;
        let root = match runs_as {
            Some((user, _)) if !walkable(&asked, user).map_err(fail)? => elsewhere(&asked).map_err(fail)?,
            Some(_) | None => asked,
        };
        private(&root, runs_as).map_err(|error| Error::Folder(root.clone(), error))?;
        let mut sockets = root.join("s");
        // The server reads a list of folders, separated by commas.
        let listed = sockets.as_os_str().as_encoded_bytes().contains(&b',');
        if listed || sockets.as_os_str().len() + "/.s.PGSQL.5432".len() > LONGEST_SOCKET {
            let digest = short_digest(&root);
            // Not TMPDIR: every process must find the same folder.
            sockets = Path::new("/tmp").join(format!("recourse-{}-{digest}", Uid::effective()));
        }
        private(&sockets, runs_as).map_err(|error| Error::Folder(sockets.clone(), error))?;
        Ok(Self { root, sockets, runs_as })
    }

    /// A place that is prepared already, for the keeper.
    pub fn prepared(root: PathBuf, sockets: PathBuf) -> Self {
        Self { root, sockets, runs_as: server_user() }
    }

    /// The folder of the database cluster.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The server's log.
    pub fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// Held exclusively while the server starts or stops.
    pub fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Held exclusively by the keeper as long as it runs.
    pub fn keeper_lock(&self) -> PathBuf {
        self.root.join("keeper.lock")
    }

    /// Held shared by every client.
    pub fn clients_lock(&self) -> PathBuf {
        self.root.join("clients.lock")
    }

    /// The server's socket.
    pub fn socket_file(&self) -> PathBuf {
        self.sockets.join(".s.PGSQL.5432")
    }

    /// The major version the data was created with, if there is data.
    pub fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }
}

/// If this process is root, the user to run Postgres as, since it refuses to be root: `postgres`, or else `nobody`.
fn server_user() -> Option<(u32, u32)> {
    if !Uid::effective().is_root() {
        return None;
    }
    let named = |name| User::from_name(name).ok().flatten().map(|user| (user.uid.as_raw(), user.gid.as_raw()));
    Some(named("postgres").or_else(|| named("nobody")).unwrap_or((65534, 65534)))
}

/// Whether this user can enter every parent folder.
fn walkable(dir: &Path, user: u32) -> io::Result<bool> {
    for above in fs::canonicalize(dir)?.ancestors().skip(1) {
        let meta = fs::metadata(above)?;
        let open = meta.mode() & 0o001 != 0 || (meta.uid() == user && meta.mode() & 0o100 != 0);
        if !open {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Refuses a folder that has other files or belongs to another user. Our own folder has the start lock, which is
/// created before everything except the socket's folder, or it names its room.
fn ours(dir: &Path) -> io::Result<()> {
    // List the files before checking for the lock: another process may be creating both, the lock first.
    let others = fs::read_dir(dir)?.flatten().any(|entry| entry.file_name() != "s");
    let room = fs::read_to_string(dir.join("room")).unwrap_or_default();
    let marked = dir.join("start.lock").exists() || Path::new(&room).starts_with(SYSTEM_STATE);
    if !marked && others {
        return Err(io::Error::other("it holds other files and was not changed"));
    }
    let (owner, us) = (fs::metadata(dir)?.uid(), Uid::effective().as_raw());
    if owner != us && server_user().is_none_or(|(user, _)| owner != user) {
        return Err(io::Error::other(format!("it belongs to user {owner} and was not changed")));
    }
    Ok(())
}

/// If the server's user cannot reach a folder, the folder stores only the name of a room: a folder that the user can
/// reach. A room is never deleted, because the folder that names it may be unreachable only for a time.
fn elsewhere(asked: &Path) -> io::Result<PathBuf> {
    let rooms = Path::new(SYSTEM_STATE).join("rooms");
    fs::create_dir_all(&rooms)?;
    // The server's user has to pass through, whatever folders are usually made with here (umask).
    for folder in [Path::new(SYSTEM_STATE), &rooms] {
        let mode = fs::metadata(folder)?.mode() & 0o7777;
        if mode & 0o011 != 0o011 {
            fs::set_permissions(folder, fs::Permissions::from_mode(mode | 0o011))?;
        }
    }
    let note = asked.join("room");
    if let Ok(named) = fs::read_to_string(&note)
        && Path::new(&named).starts_with(&rooms)
    {
        fs::create_dir_all(&named)?;
        fs::write(Path::new(&named).join("of"), asked.as_os_str().as_encoded_bytes())?;
        return Ok(PathBuf::from(named));
    }
    let room = rooms.join(uuid::Uuid::new_v4().simple().to_string());
    fs::create_dir(&room)?;
    fs::write(room.join("of"), asked.as_os_str().as_encoded_bytes())?;
    let draft = asked.join(format!("room.{}", std::process::id()));
    fs::write(&draft, room.as_os_str().as_encoded_bytes())?;
    // A link is created once: if two processes try at the same time, the second reads what the first wrote.
    let first = fs::hard_link(&draft, &note).is_ok();
    fs::remove_file(&draft)?;
    if first { Ok(room) } else { fs::read_to_string(&note).map(PathBuf::from) }
}

fn private(dir: &Path, runs_as: Option<(u32, u32)>) -> io::Result<()> {
    if !dir.exists() {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    }
    let owner = runs_as.map_or(Uid::effective().as_raw(), |(user, _)| user);
    let meta = fs::symlink_metadata(dir)?;
    if let Some((user, group)) = runs_as
        && meta.uid() != user
    {
        chown(dir, Some(user), Some(group))?;
    }
    let meta = fs::symlink_metadata(dir)?;
    if !meta.is_dir() || meta.uid() != owner {
        return Err(io::Error::other(format!("it is not a folder of user {owner}")));
    }
    if meta.mode() & 0o777 != 0o700 {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

fn short_digest(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_encoded_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
