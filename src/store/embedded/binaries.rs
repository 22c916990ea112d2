//! A folder of Postgres binaries, and how they are run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of Postgres binaries, and the libraries that were unpacked with them, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// Contains `postgres` and `initdb`.
    pub bin: PathBuf,
    /// The folder of their libraries, if it is not the system's.
    pub libraries: Option<PathBuf>,
}

impl Binaries {
    /// One of the binaries with a clean environment: nothing from the user's environment leaks into the server.
    pub fn command(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").env("TZ", "UTC");
        if let Some(libraries) = &self.libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        command
    }
}

/// The libraries that were unpacked with the binaries. The system finds its own libraries automatically.
pub fn libraries_of(bin: &Path) -> Option<PathBuf> {
    let lib = bin.ancestors().find(|above| above.ends_with("usr/lib") && *above != Path::new("/usr/lib"))?;
    let folders = fs::read_dir(lib).ok()?.flatten().map(|entry| entry.path());
    folders.filter(|path| path.to_string_lossy().ends_with("-linux-gnu")).max()
}
