//! Service files: addresses with a name, kept in a file of the person or of the machine.

use std::path::{Path, PathBuf};

use super::{Fault, Lookup, Parts, fault, keywords};
use crate::text::clean;

/// Where the machine's file is, unless `PGSYSCONFDIR` names a folder: as Debian builds libpq, and as PostgreSQL does.
const FOLDERS: [&str; 2] = ["/etc/postgresql-common", "/etc"];

/// The parts of the service of this name.
///
/// # Errors
///
/// [`Fault`] if no file has it, or a line of it cannot be read.
pub fn parts(name: &str, file: Option<&str>, variable: Lookup<'_>) -> Result<Parts, Fault> {
    let named = file.map(str::to_owned).or_else(|| variable("PGSERVICEFILE")).map(PathBuf::from);
    let own = named.clone().or_else(|| variable("HOME").map(|home| Path::new(&home).join(".pg_service.conf")));
    let folders = variable("PGSYSCONFDIR").map_or_else(|| FOLDERS.map(PathBuf::from).to_vec(), |it| vec![it.into()]);
    let files: Vec<PathBuf> = own.into_iter().chain(folders.iter().map(|it| it.join("pg_service.conf"))).collect();
    for file in &files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if named.as_ref() == Some(file) => {
                return Err(fault(format!(
                    "cannot read the service file {}: {}",
                    file.display(),
                    crate::text::trouble(&error)
                )));
            }
            Err(_) => continue,
        };
        if let Some(parts) = section(&text, name, file)? {
            return Ok(parts);
        }
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Err(fault(format!("there is no service {:?} in {}", clean(name), files.join(", "))))
}

/// The lines under `[name]`, or `None` if there is no such heading.
fn section(text: &str, name: &str, file: &Path) -> Result<Option<Parts>, Fault> {
    let mut found: Option<Parts> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let at = |words: &str| fault(format!("{}:{}: {words}", file.display(), number + 1));
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(heading) = line.strip_prefix('[') {
            if found.is_some() {
                break;
            }
            found = (heading.strip_suffix(']') == Some(name)).then(Parts::new);
            continue;
        }
        let Some(parts) = &mut found else { continue };
        let (keyword, value) = line.split_once('=').ok_or_else(|| at("this is not keyword=value"))?;
        let keyword = keywords::known(keyword.trim()).map_err(|error| at(&error.to_string()))?;
        if matches!(keyword, "service" | "servicefile") {
            return Err(at("a service cannot name another"));
        }
        keywords::check(keyword, value.trim()).map_err(|error| at(&error.to_string()))?;
        parts.entry(keyword).or_insert_with(|| value.trim().to_owned());
    }
    Ok(found)
}
