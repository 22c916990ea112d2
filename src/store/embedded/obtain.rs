//! Downloads Postgres binaries through the machine's own package manager, without root and without a system cluster, and
//! keeps them in a cache.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::binaries::{Binaries, libraries_of};

/// The folder of a download is named by the digest of what is in it.
const NAME: &str = "postgresql-";
/// A download that did not end is removed after this time.
const ABANDONED: Duration = Duration::from_secs(3_600);

/// The binaries of an earlier download, if there are any that are still what was downloaded.
pub fn kept(cache: &Path) -> Option<Binaries> {
    let trees = fs::read_dir(cache).ok()?.flatten().map(|entry| entry.path());
    let is_whole = |tree: &PathBuf| {
        let name = tree.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.strip_prefix(NAME).is_some_and(|digest| digest_of(tree).is_ok_and(|found| found == digest))
    };
    let bins = trees.filter(is_whole).flat_map(|tree| fs::read_dir(tree.join("usr/lib/postgresql")).ok()).flatten();
    let bins = bins.flatten().map(|entry| entry.path().join("bin"));
    let bin = bins.filter(|bin| bin.join("postgres").is_file()).max()?;
    Some(Binaries { libraries: libraries_of(&bin), bin })
}

/// The digest of a folder: the paths in it in order, and what each file contains or each link points to.
fn digest_of(tree: &Path) -> io::Result<String> {
    let mut digest = Sha256::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let entries: io::Result<Vec<fs::DirEntry>> = fs::read_dir(tree.join(&folder))?.collect();
        let mut entries = entries?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = folder.join(entry.file_name());
            let kind = entry.file_type()?;
            digest.update(path.as_os_str().as_encoded_bytes());
            digest.update([0]);
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                digest.update(fs::read_link(entry.path())?.as_os_str().as_encoded_bytes());
            } else {
                digest.update(fs::read(entry.path())?);
            }
        }
    }
    Ok(digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect())
}

/// Downloads the packages and the libraries they need into a private state directory, and unpacks them in the cache.
/// Asks first if someone can be asked. The error says what failed.
///
/// # Errors
///
/// Returns words for people if the machine has no apt, the person declines, or a command or a folder fails.
pub fn obtain(cache: &Path, ask: Option<fn(&str) -> bool>) -> Result<(), String> {
    if !Path::new("/usr/bin/apt-get").exists() || !Path::new("/usr/bin/dpkg-deb").exists() {
        return Err("this machine has no apt to download it with".to_owned());
    }
    let question = format!("PostgreSQL is not installed. Download it with apt into {} (about 60 MB)?", cache.display());
    if ask.is_some_and(|ask| !ask(&question)) {
        return Err("the download was declined".to_owned());
    }
    let words = |error: io::Error| format!("{}: {}", cache.display(), crate::text::trouble(&error));
    clear(cache).map_err(words)?;
    let new = cache.join(format!("new-{}", uuid::Uuid::new_v4().simple()));
    let (state, tree) = (new.join("apt"), new.join("tree"));
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(state.join(folder)).map_err(words)?;
    }
    fs::write(state.join("status"), status_without_postgres()).map_err(words)?;
    run(apt(&state).arg("update"))?;
    run(apt(&state).args(["install", "--download-only", "--yes", "--no-install-recommends", "postgresql"]))?;
    let archives = fs::read_dir(state.join("cache/archives")).map_err(words)?.flatten();
    for package in archives.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "deb")) {
        run(Command::new("/usr/bin/dpkg-deb").arg("-x").arg(package).arg(&tree))?;
    }
    open_to_all(&tree).map_err(words)?;
    let whole = cache.join(format!("{NAME}{}", digest_of(&tree).map_err(words)?));
    // Another process may have downloaded the same meanwhile: then this one is not needed.
    if !whole.exists() {
        fs::rename(&tree, &whole).map_err(words)?;
    }
    fs::remove_dir_all(new).map_err(words)
}

/// Removes downloads that did not end, and those that are no longer what was downloaded.
fn clear(cache: &Path) -> io::Result<()> {
    for entry in fs::read_dir(cache)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        let damaged = name.strip_prefix(NAME).is_some_and(|it| digest_of(&entry.path()).is_ok_and(|found| found != it));
        if damaged || (name.starts_with("new-") && age > ABANDONED) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

/// The system's list of installed packages without Postgres and all that depends on it, so that apt downloads those
/// even if they are installed.
fn status_without_postgres() -> String {
    let status = fs::read_to_string("/var/lib/dpkg/status").unwrap_or_default();
    let field = |stanza: &'_ str, name: &str| {
        let line = stanza.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    };
    let mut kept: Vec<&str> = status.split_inclusive("\n\n").collect();
    let mut gone: Vec<String> = Vec::new();
    loop {
        let before = kept.len();
        kept.retain(|stanza| {
            let name = field(stanza, "Package: ");
            let needs = field(stanza, "Depends: ") + "," + &field(stanza, "Pre-Depends: ");
            let stands_on =
                |need: &str| need.split_whitespace().next().is_some_and(|need| gone.iter().any(|it| it == need));
            let goes = name.starts_with("postgresql") || name == "libpq5" || needs.split([',', '|']).any(stands_on);
            if goes {
                gone.push(name);
            }
            !goes
        });
        if kept.len() == before {
            return kept.concat();
        }
    }
}

fn apt(state: &Path) -> Command {
    let mut command = Command::new("/usr/bin/apt-get");
    let option = |name: &str, value: PathBuf| format!("{name}={}", value.display());
    command
        .args(["-o", &option("Dir::State::lists", state.join("lists"))])
        .args(["-o", &option("Dir::State::status", state.join("status"))])
        .args(["-o", &option("Dir::Cache", state.join("cache"))])
        .args(["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", "-qq"]);
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let done = command.stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    let last = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed no error");
    Err(format!("{} failed: {last}", command.get_program().to_string_lossy()))
}

/// Opens the root folder of a package tree to everyone: it was created with the umask of the current user.
fn open_to_all(tree: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(tree, fs::Permissions::from_mode(0o755))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A download is used as long as it is what was downloaded.
    #[test]
    fn what_was_changed_is_not_used() {
        let cache = tempfile::tempdir().unwrap();
        let draft = cache.path().join("draft");
        let bin = draft.join("usr/lib/postgresql/17/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("postgres"), "the server").unwrap();
        let whole = cache.path().join(format!("{NAME}{}", digest_of(&draft).unwrap()));
        fs::rename(&draft, &whole).unwrap();
        let server = whole.join("usr/lib/postgresql/17/bin/postgres");
        assert_eq!(kept(cache.path()).map(|it| it.bin.join("postgres")), Some(server.clone()));
        fs::write(server, "another server").unwrap();
        assert_eq!(kept(cache.path()), None);
        clear(cache.path()).unwrap();
        assert!(!whole.exists(), "what was changed is removed before the next download");
    }
}
