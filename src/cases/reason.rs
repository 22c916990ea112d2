//! Why a buyer rejects, and canned texts, in the languages of the parties.

use serde::{Deserialize, Serialize};

use crate::records::{Language, Party};

/// Why a buyer rejects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The code, as typed and stored.
    pub code: String,
    /// The title for people.
    pub title: String,
    /// What to check before a decision.
    #[serde(default)]
    pub checklist: Vec<String>,
    /// Why, in letters, if the buyer gets everything; without it, that the complaint was upheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_buyer: Option<String>,
    /// Why, in letters, if the seller gets everything; without it, that the complaint was not upheld.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seller: Option<String>,
    /// Why, in letters, if both get a part; without it, that the complaint was upheld in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_both: Option<String>,
    /// The same in Arabic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ar: Option<ReasonWords>,
    /// Whether it is no longer offered; old cases keep it.
    #[serde(default)]
    pub retired: bool,
}

/// The words of a reason in another language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonWords {
    /// The title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Why, in letters, if the buyer gets everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_buyer: Option<String>,
    /// Why, in letters, if the seller gets everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seller: Option<String>,
    /// Why, in letters, if both get a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_both: Option<String>,
}

/// Why it was decided so, in one language.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// If the buyer gets everything.
    pub for_buyer: Option<&'a str>,
    /// If the seller gets everything.
    pub for_seller: Option<&'a str>,
    /// If both get a part.
    pub for_both: Option<&'a str>,
}

impl Reason {
    /// Why it was decided so. Nothing of it is in another language.
    pub fn words(&self, language: Language) -> Words<'_> {
        let (buyer, seller, both) = match (language, &self.ar) {
            (Language::English, _) => (&self.for_buyer, &self.for_seller, &self.for_both),
            (Language::Arabic, Some(it)) => (&it.for_buyer, &it.for_seller, &it.for_both),
            (Language::Arabic, None) => (&None, &None, &None),
        };
        Words { for_buyer: buyer.as_deref(), for_seller: seller.as_deref(), for_both: both.as_deref() }
    }
}

/// A canned text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// The recipient: `buyer` or `seller`.
    pub to: Party,
    /// The text, with placeholders in braces.
    pub text: String,
    /// The same in Arabic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ar: Option<String>,
}

impl Macro {
    /// Its text in a language; the English one if it has no other.
    pub fn text_in(&self, language: Language) -> &str {
        self.ar.as_deref().filter(|_| language == Language::Arabic).unwrap_or(&self.text)
    }
}
