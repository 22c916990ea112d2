//! The password file: `host:port:database:login:password`, a line for each.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{Host, SOCKETS};

/// The lines of a password file.
#[derive(Clone, Default)]
pub struct Passwords {
    lines: Vec<[String; 5]>,
    /// The file, if others may read it: then it was not read.
    pub ignored: Option<PathBuf>,
}

/// A password must not get into a log.
impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passwords", self.lines.len())
    }
}

impl Passwords {
    /// Reads the file, if there is one that only its owner may read.
    pub fn read(file: Option<PathBuf>) -> Self {
        let Some(file) = file else { return Self::default() };
        match std::fs::metadata(&file) {
            Ok(found) if found.is_file() && found.permissions().mode() & 0o077 != 0 => {
                return Self { lines: Vec::new(), ignored: Some(file) };
            }
            Ok(found) if found.is_file() => {}
            Ok(_) | Err(_) => return Self::default(),
        }
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        Self { lines: text.lines().filter(|line| !line.starts_with('#')).filter_map(fields).collect(), ignored: None }
    }

    /// The password of a login, if a line has it.
    pub fn of(&self, host: &Host, database: &str, login: &str) -> Option<String> {
        let usual = SOCKETS.contains(&host.name.as_str());
        let name = if usual { "localhost" } else { &host.name };
        let port = host.port.to_string();
        let wanted = [name, &port, database, login];
        let fits = |line: &&[String; 5]| line.iter().zip(wanted).all(|(field, value)| field == "*" || field == value);
        self.lines.iter().find(fits).map(|line| line[4].clone())
    }
}

/// The five fields of a line. A backslash takes a colon or a backslash as it is.
fn fields(line: &str) -> Option<[String; 5]> {
    let mut fields = vec![String::new()];
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut()?.extend(letters.next()),
            letter => fields.last_mut()?.push(letter),
        }
    }
    fields.try_into().ok()
}
