//! The fields of our own lines. A field that nearly has one of their names is a slip, and what it says would be lost.

use serde_json::{Map, Value};
use strsim::osa_distance as distance;

use super::Unreadable;
use crate::text;

/// The fields that every line has.
const COMMON: [&str; 4] = ["type", "provider", "order", "at"];

/// The fields that each type of line has besides.
const OWN: [(&str, &[&str]); 6] = [
    ("opened", &["currency", "amount", "cancellation_fee", "merchant", "buyer", "seller"]),
    ("moved", &["action", "actor", "amount", "currency", "to_seller", "to_buyer", "reference", "note", "reason"]),
    ("attempted", &["action", "result", "detail"]),
    ("observed", &["status", "currency", "captured", "canceled", "refunded", "detail"]),
    ("absent", &["detail"]),
    ("notification", &["body"]),
];

fn known(kind: &str) -> impl Iterator<Item = &'static str> {
    let own = OWN.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, own)| own);
    COMMON.into_iter().chain(own.iter().copied())
}

/// The fields of a line that are not read.
pub fn unread(fields: &Map<String, Value>) -> impl Iterator<Item = &String> {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default();
    fields.keys().filter(move |name| !known(kind).any(|known| known == *name))
}

/// Refuses a field whose name nearly is one of ours: `Amount`, `cancelation_fee`.
///
/// # Errors
///
/// [`Unreadable::Shape`] that names the field and the one that was probably meant.
pub fn without_slips(fields: &Map<String, Value>, kind: &str) -> Result<(), Unreadable> {
    for name in unread(fields) {
        if let Some(meant) = known(kind).find(|known| is_slip(name, known)) {
            let name = text::cut(&text::clean(name), 60);
            return Err(Unreadable::shape(format!("{name} is not a field of {kind}: write {meant}")));
        }
    }
    Ok(())
}

/// How many letters of a name may be wrong: of the shortest none, then one, of long ones one of every five.
fn slips(name: &str) -> usize {
    if name.len() < 4 { 0 } else { (name.len() / 5).max(1) }
}

/// Whether a name differs from another one only in capitals, separators, or so many letters that it is a slip.
fn is_slip(name: &str, meant: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '-', ' '], "");
    let (name, meant) = (plain(name), plain(meant));
    name == meant || (name.len() <= 60 && distance(&name, &meant) <= slips(&meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_told_from_other_fields() {
        let check = |kind: &str, name: &str, expect: Option<&str>| {
            let fields = Map::from_iter([("type".to_owned(), kind.into()), (name.to_owned(), "x".into())]);
            let told = without_slips(&fields, kind).err().map(|error| error.to_string());
            let meant = told.as_deref().and_then(|told| told.rsplit(' ').next());
            assert_eq!(meant, expect, "{name} of {kind}");
        };
        check("opened", "Amount", Some("amount"));
        check("opened", "cancelation_fee", Some("cancellation_fee"));
        check("opened", "cancellationFee", Some("cancellation_fee"));
        check("opened", "merchan", Some("merchant"));
        check("moved", "toSeller", Some("to_seller"));
        check("moved", "referense", Some("reference"));
        for name in ["boddy", "bdy", "bodyy", "bdoy", "BODY"] {
            check("notification", name, Some("body"));
        }
        check("notification", "typ", Some("type"));
        check("moved", "notes", Some("note"));
        for name in ["amount", "order_id", "merchant_id", "id", "note", "shop", "بائع", "fee"] {
            check("opened", name, None);
        }
        check("notification", "received_at", None);
    }
}
