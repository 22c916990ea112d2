//! Finds the machine's Postgres binaries: 14 or newer, or exactly the major version the data was created with.

use std::fs;
use std::path::{Path, PathBuf};

use super::binaries::{Binaries, libraries_of};
use super::{Error, Place, Settings, obtain};

/// Each has folders named by version, with `bin` inside: Debian, source builds, the macOS installer.
const BY_VERSION: [&str; 5] =
    ["/usr/lib/postgresql", "/usr/local/lib/postgresql", "/Library/PostgreSQL", "/opt/postgresql", "/usr/local/pgsql"];

/// Each has folders named `postgresql@17` or `pgsql-17`: Homebrew, Red Hat.
const BY_NAME: [&str; 3] = ["/usr", "/opt/homebrew/opt", "/usr/local/opt"];

/// Finds binaries in the named folder, or else in PATH, the usual folders or an earlier download; or downloads them.
///
/// # Errors
///
/// [`Error::NoBinaries`] if no folder has a version that fits and a download did not help.
pub fn find(settings: &Settings, place: &Place) -> Result<Binaries, Error> {
    let wanted = place.major();
    let downloaded = || obtain::kept(&settings.cache).or_else(|| obtain::kept(&place.root));
    let here = installed(settings.binaries.as_deref());
    if let Some(found) = choose(here.into_iter().map(|bin| Binaries { libraries: libraries_of(&bin), bin }), wanted)
        .or_else(|| choose(downloaded().filter(|_| settings.binaries.is_none()), wanted))
    {
        return Ok(found);
    }
    if let Some(named) = &settings.binaries {
        let tried = format!("; {} has no PostgreSQL that runs here", named.display());
        return Err(Error::NoBinaries { wanted: words(wanted), tried, advice: advice() });
    }
    // Where the cache cannot be written, next to the data.
    let cache = if std::fs::create_dir_all(&settings.cache).is_ok() { &settings.cache } else { &place.root };
    let obtained = obtain::obtain(cache, settings.ask);
    choose(downloaded(), wanted).ok_or_else(|| Error::NoBinaries {
        wanted: words(wanted),
        tried: obtained.err().map(|tried| format!("; {tried}")).unwrap_or_default(),
        advice: advice(),
    })
}

fn words(wanted: Option<u32>) -> String {
    wanted.map_or("14 or newer".to_owned(), |major| major.to_string())
}

/// The folders that may contain binaries on this machine. If a folder is named, only that one.
fn installed(named: Option<&Path>) -> Vec<PathBuf> {
    if let Some(named) = named {
        return vec![named.to_owned()];
    }
    let mut folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    for base in BY_VERSION {
        folders.push(Path::new(base).join("bin"));
        folders.extend(entries(base).into_iter().map(|entry| entry.join("bin")));
    }
    for base in BY_NAME {
        let postgres = |entry: &PathBuf| {
            let name = entry.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with("pgsql-") || name.starts_with("postgresql")
        };
        folders.extend(entries(base).into_iter().filter(postgres).map(|entry| entry.join("bin")));
    }
    folders
}

fn entries(folder: &str) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
}

/// The newest of them, or the newest of the wanted major version.
fn choose(candidates: impl IntoIterator<Item = Binaries>, wanted: Option<u32>) -> Option<Binaries> {
    let versioned = candidates.into_iter().filter_map(|binaries| Some((major(&binaries)?, binaries)));
    versioned
        .filter(|(major, _)| wanted.map_or(*major >= 14, |wanted| *major == wanted))
        .max_by_key(|(major, _)| *major)
        .map(|(_, binaries)| binaries)
}

/// The major version from `postgres --version`. The call also proves that the binary loads on this machine.
fn major(binaries: &Binaries) -> Option<u32> {
    if !binaries.bin.join("initdb").is_file() {
        return None;
    }
    let said = binaries.command("postgres").arg("--version").output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let version = said.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// The one command that installs Postgres here.
fn advice() -> String {
    let has = |tool: &str| {
        ["/usr/bin", "/opt/homebrew/bin", "/usr/local/bin", "/sbin"]
            .iter()
            .any(|dir| Path::new(dir).join(tool).exists())
    };
    match () {
        () if has("apt-get") => "sudo apt-get install postgresql",
        () if has("dnf") => "sudo dnf install postgresql-server",
        () if has("apk") => "sudo apk add postgresql",
        () if has("pacman") => "sudo pacman -S postgresql",
        () if has("brew") => "brew install postgresql@17",
        () => "your package manager",
    }
    .to_owned()
}
