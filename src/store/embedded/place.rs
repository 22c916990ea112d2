//! Where a private server lives, and as whom it runs.

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
    /// Everything but the socket is in here; mode 0700.
    pub root: PathBuf,
    /// The folder of the socket: in the root, or in the system's temporary folder where the root's path is too long.
    pub sockets: PathBuf,
    /// The user and group the server runs as, where this process is root and Postgres must not be.
    pub runs_as: Option<(u32, u32)>,
}

/// The longest path a Unix socket may have is 107 bytes.
const LONGEST_SOCKET: usize = 100;

/// As root, the one folder under which a dropped user can be sure to walk.
const SYSTEM_STATE: &str = "/var/lib/recourse";

/// The user's data directory, or the system's state directory for root.
pub fn default_dir(data_home: Option<&Path>, home: Option<&Path>) -> PathBuf {
    if Uid::effective().is_root() {
        return PathBuf::from(SYSTEM_STATE).join("main");
    }
    let data_home = data_home.filter(|path| path.is_absolute()).map(Path::to_owned);
    let listed = || User::from_uid(Uid::effective()).ok().flatten().map(|user| user.dir);
    let home = home.map(Path::to_owned).or_else(listed).unwrap_or_else(|| PathBuf::from("/tmp"));
    data_home.unwrap_or_else(|| home.join(".local/share")).join("recourse")
}

impl Place {
    /// Makes the folders, checks whose they are, and cleans up what an interrupted start left behind.
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
        // The server takes a list of folders, set apart by commas.
        let listed = sockets.as_os_str().as_encoded_bytes().contains(&b',');
        if listed || sockets.as_os_str().len() + "/.s.PGSQL.5432".len() > LONGEST_SOCKET {
            let digest = short_digest(&root);
            // Not what TMPDIR names: every process has to find the same.
            sockets = Path::new("/tmp").join(format!("recourse-{}-{digest}", Uid::effective()));
        }
        private(&sockets, runs_as).map_err(|error| Error::Folder(sockets.clone(), error))?;
        Ok(Self { root, sockets, runs_as })
    }

    /// The same place, as the keeper finds it prepared.
    pub fn prepared(root: PathBuf, sockets: PathBuf) -> Self {
        Self { root, sockets, runs_as: server_user() }
    }

    /// The cluster.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// What the server says.
    pub fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    /// Held exclusively while starting or stopping.
    pub fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Held exclusively by the keeper, for its life.
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

    /// The major version the data was made with, if there is data.
    pub fn major(&self) -> Option<u32> {
        fs::read_to_string(self.data().join("PG_VERSION")).ok()?.trim().parse().ok()
    }
}

/// Postgres refuses to be root: `postgres`, else `nobody`.
fn server_user() -> Option<(u32, u32)> {
    if !Uid::effective().is_root() {
        return None;
    }
    let named = |name| User::from_name(name).ok().flatten().map(|user| (user.uid.as_raw(), user.gid.as_raw()));
    Some(named("postgres").or_else(|| named("nobody")).unwrap_or((65534, 65534)))
}

/// Whether this user may walk into every folder above.
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

/// A folder that holds other things is not taken over, and one of somebody else's not at all. Its own has the lock that is
/// made before anything else but the socket's folder, or names the room it keeps.
fn ours(dir: &Path) -> io::Result<()> {
    // Looked for before the lock: another process may just be making both, and the lock comes first.
    let others = fs::read_dir(dir)?.flatten().any(|entry| entry.file_name() != "s");
    let room = fs::read_to_string(dir.join("room")).unwrap_or_default();
    let marked = dir.join("start.lock").exists() || Path::new(&room).starts_with(SYSTEM_STATE);
    if !marked && others {
        return Err(io::Error::other("it holds other files, and is left alone"));
    }
    let (owner, us) = (fs::metadata(dir)?.uid(), Uid::effective().as_raw());
    if owner != us && server_user().is_none_or(|(user, _)| owner != user) {
        return Err(io::Error::other(format!("it belongs to user {owner}, and is left alone")));
    }
    Ok(())
}

/// A folder behind doors that are closed to the server's user keeps only the name of one that is not. That one is never
/// removed: what named it may merely be out of reach today.
fn elsewhere(asked: &Path) -> io::Result<PathBuf> {
    let rooms = Path::new(SYSTEM_STATE).join("rooms");
    fs::create_dir_all(&rooms)?;
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
    // A link is made once: of two at the same moment, the second reads what the first named.
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
        return Err(io::Error::other(format!("not a folder of user {owner}")));
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
