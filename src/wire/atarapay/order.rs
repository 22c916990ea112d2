//! An order of AtaraPay as it answers a reading. Money is in minor units, times have no zone.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

use super::words::{WORDS, Word};
use crate::domain::atarapay::Status as A;
use crate::domain::{Action, Currency, Money, OrderKey, Status};
use crate::wire::call::{Done, Looked, Seen};

/// AtaraPay is in Lagos, one hour ahead of UTC all year: an interpretation, because its times have no zone.
const LAGOS: i64 = 3600;

fn text(value: &Value, name: &str) -> Option<String> {
    match &value[name] {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A time without a zone. `0000-00-00` is none.
fn time(value: &Value, name: &str) -> Option<DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(&text(value, name)?, "%Y-%m-%d %H:%M:%S").ok()?;
    Some(at.and_utc() - chrono::TimeDelta::seconds(LAGOS))
}

fn money(value: &Value, name: &str, currency: Currency) -> Option<Money> {
    let digits = text(value, name)?;
    let whole = digits.split_once('.').map_or(digits.as_str(), |(whole, _)| whole);
    Some(Money::new(whole.parse().ok()?, currency))
}

/// The status of an order whose word is this one. `Rejected` and `Refunded` stay at the buyer's response or the return: only what
/// has one meaning is read.
fn status(word: Word) -> Option<Status> {
    let status = match word {
        Word::Delivered => A::AwaitingBuyerResponse,
        Word::Accepted => A::Accepted,
        Word::Canceled => A::Cancelled,
        Word::PendingIi => A::PendingIi,
        Word::Dispute => A::Dispute,
        Word::Disputed => A::Disputed,
        Word::Complete => A::Completed,
        Word::Rejected | Word::Refunded => return None,
    };
    Some(status.status())
}

/// What a reading shows of this order.
pub fn seen(key: &OrderKey, data: &Value) -> Looked {
    let inner: Option<Value> = data.as_str().and_then(|text| serde_json::from_str(text).ok());
    let data = inner.as_ref().unwrap_or(data);
    if text(data, "id").as_deref() != Some(&key.id) {
        return Looked::Unknown("it answers about another order".to_owned());
    }
    let Some(word) = text(&data["status"], "title").or_else(|| text(data, "status")) else {
        return Looked::Unknown("it answers without the order's status".to_owned());
    };
    let currency = text(data, "currency").and_then(|code| Currency::parse(&code).ok()).unwrap_or(Currency::Ngn);
    let known = WORDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(&word)).map(|(_, word)| *word);
    let status = match known {
        Some(known) => status(known),
        None => Status::read(key.provider, &word.to_lowercase().replace(' ', "_")),
    };
    let moves = match status {
        Some(status) if status == A::Cancelled => vec![Done::new(Action::Cancel)],
        Some(status) if status == A::AwaitingBuyerResponse => vec![Done::new(Action::Deliver)],
        Some(_) | None => Vec::new(),
    };
    Looked::Seen(Box::new(Seen {
        status,
        word,
        amount: money(data, "amount_payed", currency),
        captured: None,
        canceled: None,
        refunded: None,
        created_at: time(data, "created_at").or_else(|| time(data, "date")),
        expires_at: None,
        buyer: text(data, "buyer_name").or_else(|| text(&data["buyer"], "name")),
        numbers: text(data, "product_id").into_iter().collect(),
        moves,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ATARAPAY;
    use serde_json::json;

    #[test]
    fn an_order_is_read_in_minor_units() {
        let key = OrderKey::new(ATARAPAY, "20171").unwrap();
        let data = json!({"id": 20171, "product_id": "P-9", "amount_payed": "36750000", "created_at": "2026-11-20 10:00:00",
            "status": {"id": 2, "title": "Awaiting Buyer Response"}});
        let Looked::Seen(seen) = seen(&key, &data) else { panic!("not read") };
        assert_eq!(seen.amount.unwrap().to_string(), "NGN 367,500.00");
        assert_eq!(seen.status, Some(A::AwaitingBuyerResponse.status()));
        assert_eq!(seen.created_at.unwrap().to_rfc3339(), "2026-11-20T09:00:00+00:00");
        assert_eq!(seen.numbers, ["P-9"]);
    }

    #[test]
    fn what_has_no_meaning_is_not_guessed() {
        let key = OrderKey::new(ATARAPAY, "1").unwrap();
        let status = |word: &str| match seen(&key, &json!({"id": "1", "status": {"title": word}})) {
            Looked::Seen(seen) => seen.status.map(Status::name),
            _ => Some("not read"),
        };
        assert_eq!(status("Pending"), Some("pending"));
        assert_eq!(status("Canceled"), Some("cancelled"));
        assert_eq!(status("Dispute Resolved"), Some("dispute_resolved"));
        assert_eq!(status("Rejected"), None);
        assert_eq!(status("Lost"), None);
        let other = seen(&key, &json!({"id": "2", "status": {"title": "Pending"}}));
        assert_eq!(other, Looked::Unknown("it answers about another order".to_owned()));
        let zero = json!({"id": "1", "status": {"title": "Pending"}, "created_at": "0000-00-00 00:00:00"});
        let Looked::Seen(zero) = seen(&key, &zero) else { panic!("not read") };
        assert_eq!(zero.created_at, None);
    }
}
