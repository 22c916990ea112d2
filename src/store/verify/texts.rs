//! What people wrote in the log: whether it fits its digest, was erased, or is missing.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{LogRow, sized};
use crate::records::OrderRecord;

/// What was erased of an order.
pub(super) struct Gone {
    /// When names and notes were erased last.
    pub(super) names_at: Option<DateTime<Utc>>,
    pub(super) notes_at: Option<DateTime<Utc>>,
    /// The salted digest of the name that stays, if names were erased.
    pub(super) names_salt: Option<Vec<u8>>,
    pub(super) names_digest: Option<Vec<u8>>,
}

/// Whether a person recorded what a party said or did, and gave no note. An erased note has a digest.
pub(super) fn lacks_word(row: &LogRow) -> bool {
    let is_party = matches!(row.actor.as_str(), "buyer" | "seller" | "courier");
    row.source == "console" && row.seq > 1 && is_party && row.note.is_none() && row.personal.is_none()
}

/// What is wrong with what people wrote, if something is: it fits its digest, or it was erased.
pub(super) fn texts_differ(row: &LogRow, stored: &OrderRecord, gone: &Gone) -> Option<&'static str> {
    let has_names = row.seq == 1 && (stored.buyer.is_some() || stored.seller.is_some());
    let names = || format!("{}{}", sized(&stored.buyer), sized(&stored.seller));
    let fits =
        |salt: &[u8], personal: &[u8], texts: &str| Sha256::digest([salt, texts.as_bytes()].concat())[..] == *personal;
    let differs = Some("the names or the note were changed later");
    match (&row.salt, &row.personal) {
        (None, None) => {
            if has_names || row.note.is_some() {
                differs
            } else {
                None
            }
        }
        (Some(salt), Some(personal)) => {
            let texts = if has_names { names() } else { String::new() } + &sized(&row.note);
            if fits(salt, personal, &texts) { None } else { differs }
        }
        (Some(_), None) => differs,
        (None, Some(_)) => {
            // An erasure takes away what was there, not what comes later.
            let erased_at = if row.seq == 1 { gone.names_at } else { gone.notes_at };
            let rest_fits = match (&gone.names_salt, &gone.names_digest) {
                _ if row.seq > 1 => true,
                (Some(salt), Some(digest)) => has_names && fits(salt, digest, &names()),
                (_, None) => !has_names,
                (None, Some(_)) => false,
            };
            if erased_at.is_none_or(|at| at < row.recorded_at) {
                Some("the names or the note are missing, and no erasure took them away")
            } else if rest_fits && row.note.is_none() {
                None
            } else {
                differs
            }
        }
    }
}
