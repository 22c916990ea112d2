//! Views: named queries.

use serde::{Deserialize, Serialize};

use crate::query::{self, Query};

/// A named query.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct View {
    /// Its name.
    pub name: String,
    /// The query as it was typed.
    pub text: String,
    /// The parsed query.
    pub query: Query,
    /// It is in the database, for everyone; otherwise in this person's configuration.
    pub shared: bool,
}

/// The views that come with the program, unless the configuration sets others.
pub const SHIPPED: [(&str, &str); 3] =
    [("Due in 6 hours", "due<6h"), ("Not confirmed", "unconfirmed"), ("In quarantine", "quarantined")];

impl View {
    /// Creates a view.
    ///
    /// # Errors
    ///
    /// The query cannot be parsed.
    pub fn new(name: &str, text: &str, shared: bool) -> Result<Self, query::Fault> {
        let query = query::parse(text)?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), query, shared })
    }

    /// The views that come with the program.
    pub fn shipped() -> Vec<Self> {
        SHIPPED.iter().filter_map(|(name, text)| Self::new(name, text, false).ok()).collect()
    }
}

/// What a list remembers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Kept {
    /// The name of its sort; empty is the default.
    pub sort: String,
    /// The names of its columns; empty is the default.
    pub columns: Vec<String>,
}
