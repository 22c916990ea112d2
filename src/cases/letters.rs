//! What the policy says of letters and canned texts: their language, and what stands at the end of a letter.

use serde::{Deserialize, Serialize};

use crate::records::Language;

/// How the desk writes to people.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// The language of a party for whom nobody set one.
    #[serde(default)]
    pub language: Option<Language>,
    /// What stands at the end of a letter in English.
    #[serde(default)]
    pub en: Ending,
    /// The same in Arabic.
    #[serde(default)]
    pub ar: Ending,
}

/// The end of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// How a party can object to a decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<String>,
    /// Who writes. Each line is a line of the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

impl Ending {
    /// Nothing.
    pub const fn none() -> Self {
        Self { appeal: None, signature: None }
    }
}

impl Letters {
    /// The end of a letter in a language.
    pub const fn ending(&self, language: Language) -> &Ending {
        match language {
            Language::English => &self.en,
            Language::Arabic => &self.ar,
        }
    }
}
