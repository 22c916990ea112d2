//! Downloads Postgres binaries through the machine's own package manager, without root and without a system cluster.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::find::Binaries;

/// The binaries of an earlier download, if any.
pub fn unpacked(root: &Path) -> Option<Binaries> {
    let tree = root.join("postgres");
    let versions = fs::read_dir(tree.join("usr/lib/postgresql")).ok()?.flatten();
    let bin = versions.map(|entry| entry.path().join("bin")).filter(|bin| bin.join("postgres").is_file()).max()?;
    Some(Binaries { libraries: libraries_of(&bin), bin })
}

/// The libraries that were unpacked with the binaries. The system finds its own libraries automatically.
pub fn libraries_of(bin: &Path) -> Option<PathBuf> {
    let lib = bin.ancestors().find(|above| above.ends_with("usr/lib") && *above != Path::new("/usr/lib"))?;
    let folders = fs::read_dir(lib).ok()?.flatten().map(|entry| entry.path());
    folders.filter(|path| path.to_string_lossy().ends_with("-linux-gnu")).max()
}

/// Downloads the packages and the libraries they need into a private state directory, and unpacks them below `root`.
/// Asks first if someone can be asked. The error says what failed.
///
/// # Errors
///
/// Returns words for people if the machine has no apt, the person declines, or a command or a folder fails.
pub fn obtain(root: &Path, ask: Option<fn(&str) -> bool>) -> Result<(), String> {
    if !Path::new("/usr/bin/apt-get").exists() || !Path::new("/usr/bin/dpkg-deb").exists() {
        return Err("this machine has no apt to download it with".to_owned());
    }
    let question = format!("PostgreSQL is not installed. Download it with apt into {} (about 60 MB)?", root.display());
    if ask.is_some_and(|ask| !ask(&question)) {
        return Err("the download was declined".to_owned());
    }
    let state = root.join("apt");
    for folder in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(state.join(folder)).map_err(|error| format!("{}: {error}", state.display()))?;
    }
    fs::write(state.join("status"), status_without_postgres())
        .map_err(|error| format!("{}: {error}", state.display()))?;
    run(apt(&state).arg("update"))?;
    run(apt(&state).args(["install", "--download-only", "--yes", "--no-install-recommends", "postgresql"]))?;
    let partial = root.join("postgres.new");
    let archives = fs::read_dir(state.join("cache/archives")).map_err(|error| error.to_string())?.flatten();
    for package in archives.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "deb")) {
        run(Command::new("/usr/bin/dpkg-deb").arg("-x").arg(package).arg(&partial))?;
    }
    open_to_all(&partial).map_err(|error| error.to_string())?;
    fs::rename(&partial, root.join("postgres")).map_err(|error| error.to_string())?;
    fs::remove_dir_all(state).map_err(|error| error.to_string())
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
