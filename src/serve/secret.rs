//! A secret, and where it stands. It is shown nowhere.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The longest secret, in bytes: what is longer is another file.
const LONGEST: u64 = 16_384;

/// A secret. Its debug form and its errors say nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one call that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Where a secret stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In an environment variable.
    Env(String),
    /// In a file.
    File(PathBuf),
}

impl Place {
    /// Reads `{ env = "NAME" }`, `{ file = "PATH" }` or `{ credential = "NAME" }`, which is a file that systemd provides.
    ///
    /// # Errors
    ///
    /// What would be right.
    pub fn of(table: &Table, folder: &Path) -> Result<Self, String> {
        let named: Vec<(&String, &Value)> = table.iter().filter(|(key, _)| *key != "until").collect();
        let [(kind, Value::String(name))] = named.as_slice() else {
            return Err("write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }".to_owned());
        };
        match kind.as_str() {
            "env" => Ok(Self::Env(name.clone())),
            "file" => Ok(Self::File(folder.join(name))),
            "credential" => {
                let held = std::env::var_os("CREDENTIALS_DIRECTORY")
                    .ok_or("CREDENTIALS_DIRECTORY is not set: systemd sets it for a unit with LoadCredential")?;
                Ok(Self::File(PathBuf::from(held).join(name)))
            }
            _ => Err("write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }".to_owned()),
        }
    }

    /// Reads the secret, without newlines at its end.
    ///
    /// # Errors
    ///
    /// Which variable or file is missing or empty.
    pub fn read(&self) -> Result<Secret, String> {
        let text = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| format!("the variable {name} is not set"))?,
            Self::File(path) => {
                let told = |error: std::io::Error| {
                    format!("{} cannot be read: {}", path.display(), crate::text::trouble(&error))
                };
                if std::fs::metadata(path).map_err(told)?.len() > LONGEST {
                    return Err(format!("{} is too long for a secret", path.display()));
                }
                std::fs::read_to_string(path).map_err(told)?
            }
        };
        let kept = text.trim_end_matches(['\n', '\r']);
        if kept.trim().is_empty() {
            return Err(format!("{self} is empty"));
        }
        if kept.chars().any(char::is_control) {
            return Err(format!("{self} has control characters in it"));
        }
        Ok(Secret::new(kept))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "the variable {name}"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}
