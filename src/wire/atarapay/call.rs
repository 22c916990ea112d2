//! What is asked of AtaraPay, and what its answers mean. It has one address for everything; the body's `status` counts, not
//! the HTTP status.

use serde_json::Value;

use super::order;
use crate::domain::{Action, Actor, OrderKey, atarapay};
use crate::wire::call::{Answer, Call, Done, Looked, Method, Wanted};

/// What can be asked of AtaraPay. A dispute's settlement has no call: it is made on the provider's dashboard.
pub const SENDS: &[(Action, Actor)] =
    &[(Action::Deliver, Actor::Courier), (Action::Cancel, Actor::Seller), (Action::Cancel, Actor::Buyer)];

/// A form without the keys, which are added when it is sent.
fn form(fields: &[(&str, &str)]) -> Call {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    Call {
        method: Method::Post,
        path: String::new(),
        content_type: "application/x-www-form-urlencoded",
        body: body.into_bytes(),
    }
}

/// The call for what is wanted.
///
/// # Errors
///
/// What is missing for it, or that it cannot be asked.
pub fn call(wanted: &Wanted) -> Result<Call, String> {
    let id = wanted.order.id.as_str();
    match (wanted.action, wanted.actor) {
        (Action::Deliver, _) => {
            let phone = wanted.details.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
            let phone = phone.ok_or("a delivery needs the buyer's phone number")?;
            Ok(form(&[("order", id), ("status", "delivered"), ("phone_number", phone)]))
        }
        (Action::Cancel, Actor::Seller) => Ok(form(&[("order", id), ("status", "cancelled")])),
        (Action::Cancel, Actor::Buyer) => Ok(form(&[("order", id), ("status", "buyer_cancel")])),
        (other, _) => Err(format!("{} cannot be asked of AtaraPay", other.name())),
    }
}

/// The call that reads an order.
pub fn look(id: &str) -> Call {
    form(&[("order", id), ("status", "order")])
}

/// What the words of an answer mean.
enum Said {
    /// With its message, and what comes with it.
    Success(String, Value),
    Keys(String),
    Missing(String),
    Processed(String),
    Error(String),
    Nothing(String),
}

fn said(status: u16, body: &[u8]) -> Said {
    let nothing = || Said::Nothing(format!("HTTP {status}, without an answer"));
    let Ok(value) = serde_json::from_slice::<Value>(body) else {
        return if matches!(status, 401 | 403) { Said::Keys(format!("HTTP {status}")) } else { nothing() };
    };
    let message = value["message"].as_str().unwrap_or_default().trim().to_owned();
    let plain = message.to_lowercase().replace('\u{2019}', "'");
    match value["status"].as_str().map(str::to_lowercase).as_deref() {
        Some("success") => Said::Success(message, value["data"].clone()),
        Some("error") if plain.contains("authtoken") => Said::Keys(message),
        Some("error") if plain.contains("no such order") => Said::Missing(message),
        Some("error") if plain.contains("already been processed") => Said::Processed(message),
        Some("error") if !message.is_empty() => Said::Error(message),
        Some(_) | None => nothing(),
    }
}

/// Whether what comes with a success shows that it was done: the order, where it should be by then. Only the word for a delivery that was
/// taken comes without an order.
fn shows(wanted: &Wanted, message: &str, data: &Value) -> bool {
    use atarapay::Status::{AwaitingBuyerResponse, Cancelled};
    if data.is_null() {
        return wanted.action == Action::Deliver && message.eq_ignore_ascii_case("pod_created");
    }
    let goal = if wanted.action == Action::Deliver { AwaitingBuyerResponse } else { Cancelled };
    matches!(order::seen(&wanted.order, data), Looked::Seen(seen) if seen.status == Some(goal.status()))
}

/// What an answer to a call means.
pub fn answer(wanted: &Wanted, status: u16, body: &[u8]) -> Answer {
    if status == 429 {
        return Answer::Later(None);
    }
    match said(status, body) {
        Said::Success(message, data) if shows(wanted, &message, &data) => Answer::Done(vec![Done::new(wanted.action)]),
        Said::Success(..) => Answer::Unknown("success, and what follows does not show that it was done".to_owned()),
        Said::Keys(words) => Answer::Broken(words),
        Said::Missing(words) => Answer::Refused(format!("{words} (or another seller's keys)")),
        Said::Processed(words) => Answer::Look(words),
        Said::Error(words) if words.to_lowercase().contains("past time") => {
            Answer::Refused(format!("{words}: it can be done on the provider's dashboard only"))
        }
        // A server that failed may have done it.
        Said::Error(words) if status >= 500 => Answer::Unknown(format!("HTTP {status}: {words}")),
        Said::Error(words) => Answer::Refused(words),
        Said::Nothing(words) => Answer::Unknown(words),
    }
}

/// What the answer to a reading shows of this order.
pub fn looked(key: &OrderKey, status: u16, body: &[u8]) -> Looked {
    if status == 429 {
        return Looked::Later(None);
    }
    match said(status, body) {
        Said::Success(_, data) => order::seen(key, &data),
        Said::Keys(words) => Looked::Broken(words),
        Said::Missing(words) => Looked::Absent(words),
        Said::Processed(words) | Said::Error(words) | Said::Nothing(words) => Looked::Unknown(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ATARAPAY;
    use crate::wire::call::Details;

    fn wanted(action: Action, actor: Actor) -> Wanted {
        let details = Details { phone: Some("+234 803".to_owned()), ..Details::default() };
        Wanted {
            order: OrderKey::new(ATARAPAY, "2 0").unwrap(),
            action,
            actor,
            amount: None,
            mark: String::new(),
            details,
        }
    }

    #[test]
    fn calls_are_forms() {
        let check = |action, actor, expect: &str| {
            let call = call(&wanted(action, actor)).unwrap();
            assert_eq!(String::from_utf8(call.body).unwrap(), expect);
        };
        check(Action::Deliver, Actor::Courier, "order=2+0&status=delivered&phone_number=%2B234+803");
        check(Action::Cancel, Actor::Seller, "order=2+0&status=cancelled");
        check(Action::Cancel, Actor::Buyer, "order=2+0&status=buyer_cancel");
        assert!(call(&wanted(Action::Settle, Actor::DisputeManager)).is_err());
        assert_eq!(look("1").body, b"order=1&status=order");
    }

    #[test]
    fn the_bodys_status_counts() {
        let check = |status, body: &str, expect: Answer| {
            assert_eq!(answer(&wanted(Action::Deliver, Actor::Courier), status, body.as_bytes()), expect, "{body}");
        };
        let said =
            |status: &str, message: &str| format!(r#"{{"status":"{status}","message":"{message}","data":null}}"#);
        check(500, &said("success", "pod_created"), Answer::Done(vec![Done::new(Action::Deliver)]));
        check(
            200,
            &said("error", "Invalid authtoken supplied"),
            Answer::Broken("Invalid authtoken supplied".to_owned()),
        );
        let unknown = Answer::Unknown("success, and what follows does not show that it was done".to_owned());
        let done = Answer::Done(vec![Done::new(Action::Deliver)]);
        for (data, expect) in [
            ("[]", &unknown),
            (r#"{"id":"another"}"#, &unknown),
            (r#"{"id":"2 0","status":{"title":"Pending"}}"#, &unknown),
            (r#"{"id":"2 0","status":{"title":"Cancelled"}}"#, &unknown),
            (r#"{"id":"2 0","status":{"title":"Canceled"}}"#, &unknown),
            (r#"{"id":"2 0"}"#, &unknown),
            ("null", &unknown),
            (r#"{"id":"2 0","status":{"title":"Delivered"}}"#, &done),
        ] {
            check(200, &format!(r#"{{"status":"success","message":"Order Fetched","data":{data}}}"#), expect.clone());
        }
        check(500, &said("error", "oops"), Answer::Unknown("HTTP 500: oops".to_owned()));
        let missing = "No such order exists for the seller";
        check(200, &said("error", missing), Answer::Refused(format!("{missing} (or another seller's keys)")));
        check(
            200,
            &said("error", "It has already been processed"),
            Answer::Look("It has already been processed".to_owned()),
        );
        let late = "This isn't allowed because it's past time";
        let dashboard = "it can be done on the provider's dashboard only";
        check(200, &said("error", late), Answer::Refused(format!("{late}: {dashboard}")));
        check(200, "", Answer::Unknown("HTTP 200, without an answer".to_owned()));
        check(200, "<html>", Answer::Unknown("HTTP 200, without an answer".to_owned()));
        check(403, "<html>", Answer::Broken("HTTP 403".to_owned()));
        check(429, "", Answer::Later(None));
    }
}
