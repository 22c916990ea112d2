//! Replaces the file that has an account's token.

use std::path::Path;

use crate::serve::accounts::token_place;
use crate::text;

/// Writes the token into the file that the accounts file names for it. The old one may be gone or empty: only its place counts.
///
/// # Errors
///
/// What is wrong with the token, the accounts file or the place; it never quotes a token.
pub fn replace(accounts: &Path, name: &str, token: &str) -> Result<(), String> {
    let kept = token.trim_end_matches(['\n', '\r']);
    if kept.trim().is_empty() || kept.chars().any(char::is_control) {
        return Err("the token is empty or has control characters in it".to_owned());
    }
    let place = token_place(accounts, name).map_err(|fault| fault.to_string())?;
    let path = place.map_err(|words| format!("account {name}: {words}"))?;
    super::files::write(&path, kept.as_bytes())
        .map_err(|error| format!("{}: {}", path.display(), text::trouble(&error)))
}
