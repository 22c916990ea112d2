//! The user's own files: list settings, views in the configuration, recordings.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::settings::view::Kept;
use crate::text;

/// The paths of the user's files. Both are `None` if there is no home directory.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// The configuration file. It need not exist.
    pub config: Option<PathBuf>,
    /// The folder for saved state.
    pub state: Option<PathBuf>,
}

/// The file with the settings of lists.
const LISTS: &str = "lists.json";

/// Writes the file atomically, with permissions for its owner only, who stays the same.
///
/// # Errors
///
/// The error of the file system. Then the file has its earlier content, and no copy is left next to it.
pub fn write(path: &Path, text: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let temporary = folder.join(format!(".{name}.{}", uuid::Uuid::new_v4().simple()));
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    // A file of another user stays theirs, where that can be.
    if let Ok(old) = std::fs::metadata(path) {
        _ = chown(&temporary, Some(old.uid()), Some(old.gid()));
    }
    let written = file.write_all(text).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&temporary, path));
    written.inspect_err(|_| _ = std::fs::remove_file(&temporary))
}

impl Files {
    /// The saved list settings. A file that cannot be read counts as empty.
    pub fn kept(&self) -> BTreeMap<String, Kept> {
        let text = self.state.as_ref().and_then(|folder| std::fs::read(folder.join(LISTS)).ok());
        text.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default()
    }

    /// Saves how lists are sorted, and their columns.
    ///
    /// # Errors
    ///
    /// The path and why it cannot be written. Without a home directory nothing is saved, and that is no error.
    pub fn remember(&self, kept: &BTreeMap<String, Kept>) -> Result<(), String> {
        let Some(folder) = &self.state else { return Ok(()) };
        let path = folder.join(LISTS);
        let text = serde_json::to_vec_pretty(kept).map_err(|error| error.to_string())?;
        write(&path, &text).map_err(|error| format!("{} cannot be written: {}", path.display(), text::trouble(&error)))
    }

    /// Saves a recording, in the folder for temporary files if there is no home directory. Returns its path.
    ///
    /// # Errors
    ///
    /// The path and why it cannot be written.
    pub fn record(&self, text: &[u8]) -> Result<PathBuf, String> {
        let name = format!("recording-{}.jsonl", chrono::Utc::now().format("%Y%m%dT%H%M%S%3fZ"));
        let path = self.state.clone().unwrap_or_else(std::env::temp_dir).join(name);
        write(&path, text)
            .map_err(|error| format!("{} cannot be written: {}", path.display(), text::trouble(&error)))?;
        Ok(path)
    }

    /// Saves a view in the configuration, or removes it if `query` is `None`. The rest of the file stays as it is.
    ///
    /// # Errors
    ///
    /// A sentence for people if there is no path for the configuration, or the file cannot be read or written, is not
    /// TOML, or has `views` that are not a table.
    pub fn keep_view(&self, name: &str, query: Option<&String>) -> Result<(), String> {
        let path = self.config.as_ref().ok_or("no home directory for the configuration: name a file with --config")?;
        let said = |error: &dyn std::fmt::Display| format!("{}: {}", path.display(), text::trouble(error));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(said(&error)),
        };
        let mut document: toml_edit::DocumentMut = text.parse().map_err(|error| said(&error))?;
        let mut shipped = toml_edit::Table::new();
        for (name, query) in crate::settings::view::SHIPPED {
            shipped.insert(name, toml_edit::value(query));
        }
        // The built-in views stay when the user adds the first view.
        let views = document.entry("views").or_insert(toml_edit::Item::Table(shipped));
        let views = views.as_table_like_mut().ok_or_else(|| said(&"views is not a table"))?;
        match query {
            Some(query) => _ = views.insert(name, toml_edit::value(query)),
            None => _ = views.remove(name),
        }
        // A symbolic link to the configuration stays a link.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        write(&path, document.to_string().as_bytes()).map_err(|error| said(&error))
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::files::*;

    #[test]
    fn views_come_and_go_and_comments_stay() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("recourse/config.toml");
        let files = Files { config: Some(path.clone()), state: None };
        files.keep_view("old", Some(&"age>48h".to_owned())).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("\"Not confirmed\" = \"unconfirmed\"") && text.contains("old = \"age>48h\""), "{text}");
        std::fs::write(&path, "# mine\nmask = true # always\n[views]\n# the one\nold = \"age>1h\"\n").unwrap();
        files.keep_view("new", Some(&"due<2h".to_owned())).unwrap();
        files.keep_view("old", None).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# mine\nmask = true # always\n[views]\n"), "{text}");
        assert!(text.contains("new = \"due<2h\"") && !text.contains("old ="), "{text}");
    }

    #[test]
    fn lists_are_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files { config: None, state: Some(folder.path().join("state")) };
        assert!(files.kept().is_empty());
        let kept = Kept { sort: "amount".to_owned(), columns: vec!["order".to_owned()] };
        let all = BTreeMap::from([("status disputed".to_owned(), kept)]);
        files.remember(&all).unwrap();
        assert_eq!(files.kept(), all);
        std::fs::write(folder.path().join("state").join(LISTS), "no JSON").unwrap();
        assert!(files.kept().is_empty());
    }
}
