//! An order of Tamara as its API shows it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::values::{any_money, money, text, words};
use crate::domain::{Action, Money, OrderKey, Status, TAMARA};
use crate::wire::call::{Done, Looked, Seen};

fn time(value: &Value, name: &str) -> Option<DateTime<Utc>> {
    let text = text(value, name)?;
    let at = DateTime::parse_from_rfc3339(&text).or_else(|_| DateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f%z"));
    at.ok().map(|at| at.to_utc())
}

/// What the answer to a reading shows of this order.
pub fn looked(key: &OrderKey, status: u16, body: &[u8]) -> Looked {
    match status {
        200..=299 => {}
        401 | 403 => return Looked::Broken(words(body)),
        404 => return Looked::Absent(words(body)),
        429 => return Looked::Later(None),
        other => return Looked::Unknown(format!("HTTP {other}")),
    }
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return Looked::Unknown(format!("HTTP {status}, which is not JSON"));
    };
    let Some(word) = text(&body, "status").filter(|_| text(&body, "order_id").as_deref() == Some(&key.id)) else {
        return Looked::Unknown(format!("HTTP {status}, without this order and its status"));
    };
    let amount = any_money(&body["total_amount"]);
    let sum = |name: &str| amount.and_then(|total| money(&body[name], total.currency));
    let first = text(&body["consumer"], "first_name");
    let names: Vec<String> = first.into_iter().chain(text(&body["consumer"], "last_name")).collect();
    let numbers = ["order_reference_id", "order_number"].iter().filter_map(|name| text(&body, name));
    Looked::Seen(Box::new(Seen {
        status: Status::read(TAMARA, &word),
        word,
        amount,
        captured: sum("captured_amount"),
        canceled: sum("canceled_amount"),
        refunded: sum("refunded_amount"),
        created_at: time(&body, "created_at"),
        expires_at: time(&body, "order_expiry_time"),
        buyer: Some(names.join(" ")).filter(|name| !name.is_empty()),
        numbers: numbers.collect(),
        moves: moves(&body["transactions"], amount),
    }))
}

/// The order's cancels, captures and refunds, in the order of their times.
fn moves(lists: &Value, total: Option<Money>) -> Vec<Done> {
    let kinds = [
        ("cancels", Action::Cancel, "cancel_id"),
        ("captures", Action::Capture, "capture_id"),
        ("refunds", Action::Refund, "refund_id"),
    ];
    let mut all = Vec::new();
    for (list, action, id) in kinds {
        for entry in lists[list].as_array().into_iter().flatten() {
            all.push(Done {
                amount: total.and_then(|total| money(&entry["total_amount"], total.currency)),
                reference: text(entry, id),
                of_capture: text(entry, "capture_id").filter(|_| action == Action::Refund),
                mark: text(entry, "merchant_refund_id"),
                at: time(entry, "created_at"),
                ..Done::new(action)
            });
        }
    }
    all.sort_by_key(|done| done.at);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tamara;

    #[test]
    fn an_order_is_read_with_its_lists() {
        let body = br#"{"order_id":"o-1","order_reference_id":"R-1","order_number":7,"status":"partially_refunded",
            "total_amount":{"amount":"300.00","currency":"SAR"},"captured_amount":[{"amount":230.5,"currency":"SAR"}],
            "refunded_amount":{"amount":30,"currency":"SAR"},"created_at":"2026-11-20T09:00:00.000Z",
            "order_expiry_time":"2026-11-23T09:00:00+00:00","consumer":{"first_name":"Sara","last_name":"A"},
            "transactions":{"captures":[{"capture_id":"c1","order_id":"another","total_amount":{"amount":230.5,"currency":"SAR"},"created_at":"2026-11-20T10:00:00Z"}],
            "refunds":[{"refund_id":"r1","capture_id":"c1","total_amount":{"amount":"30","currency":"SAR"},"created_at":"2026-11-21T10:00:00+03:00"}]}}"#;
        let key = OrderKey::new(TAMARA, "o-1").unwrap();
        let Looked::Seen(seen) = looked(&key, 200, body) else { panic!("not read") };
        assert_eq!(seen.status, Some(tamara::Status::PartiallyRefunded.status()));
        assert_eq!(seen.captured.unwrap().to_string(), "SAR 230.50");
        assert_eq!((seen.canceled, seen.buyer.as_deref()), (None, Some("Sara A")));
        assert_eq!(seen.numbers, ["R-1", "7"]);
        let moves: Vec<String> = seen
            .moves
            .iter()
            .map(|done| format!("{} {} {:?}", done.action.name(), done.amount.unwrap(), done.of_capture.as_deref()))
            .collect();
        assert_eq!(moves, ["capture SAR 230.50 None", "refund SAR 30.00 Some(\"c1\")"]);
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        let key = OrderKey::new(TAMARA, "o-1").unwrap();
        let check = |status, body: &str, expect: Looked| assert_eq!(looked(&key, status, body.as_bytes()), expect);
        check(401, "", Looked::Broken("no message".to_owned()));
        check(404, r#"{"message":"Not found"}"#, Looked::Absent("Not found".to_owned()));
        check(429, "", Looked::Later(None));
        check(502, "", Looked::Unknown("HTTP 502".to_owned()));
        check(200, "<html>", Looked::Unknown("HTTP 200, which is not JSON".to_owned()));
        let other = Looked::Unknown("HTTP 200, without this order and its status".to_owned());
        check(200, r#"{"order_id":"o-2","status":"approved"}"#, other.clone());
        check(200, r#"{"order_id":"o-1"}"#, other);
    }
}
