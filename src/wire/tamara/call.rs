//! What is asked of Tamara, and what its answers mean. The calls are those of its public documentation.

use serde_json::{Value, json};

use super::values::{any_money, money, text, words};
use crate::domain::{Action, Actor, Money};
use crate::wire::call::{Answer, Call, Done, Method, Wanted, common};
use crate::wire::object;

/// What can be asked of Tamara.
pub const SENDS: &[(Action, Actor)] = &[
    (Action::Authorise, Actor::Merchant),
    (Action::Capture, Actor::Merchant),
    (Action::Cancel, Actor::Merchant),
    (Action::Refund, Actor::Merchant),
];

/// What the customer reads about a refund without a comment of its own.
const COMMENT: &str = "Refund";

fn json_call(method: Method, path: String, body: &str) -> Call {
    Call { method, path, content_type: "application/json", body: body.as_bytes().to_vec() }
}

/// The call for what is wanted. Sums of items are checked by the provider where items are sent: none are.
///
/// # Errors
///
/// What is missing for it, or that it cannot be asked.
pub fn call(wanted: &Wanted) -> Result<Call, String> {
    let id = &wanted.order.id;
    let path = percent(id);
    let amount = || wanted.amount.map(written).ok_or_else(|| format!("{} needs an amount", wanted.action.name()));
    match wanted.action {
        Action::Authorise => Ok(json_call(Method::Post, format!("/orders/{path}/authorise"), "{}")),
        Action::Cancel => {
            let body = format!(r#"{{"total_amount":{}}}"#, amount()?);
            Ok(json_call(Method::Post, format!("/orders/{path}/cancel"), &body))
        }
        Action::Capture => {
            let shipping = wanted.details.shipping.clone().unwrap_or_default();
            let company = shipping.company.ok_or("a capture needs the shipping company")?;
            let at = shipping.shipped_at.ok_or("a capture needs the time of shipping")?;
            let info = json!({
                "shipped_at": at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "shipping_company": company,
                "tracking_number": shipping.tracking_number,
                "tracking_url": shipping.tracking_url,
            });
            let body = format!(r#"{{"order_id":{},"total_amount":{},"shipping_info":{info}}}"#, json!(id), amount()?);
            Ok(json_call(Method::Post, "/payments/capture".to_owned(), &body))
        }
        Action::Refund => {
            let comment = wanted.details.comment.as_deref().map(str::trim).filter(|comment| !comment.is_empty());
            let body = format!(
                r#"{{"total_amount":{},"comment":{},"merchant_refund_id":{}}}"#,
                amount()?,
                json!(comment.unwrap_or(COMMENT)),
                json!(wanted.mark)
            );
            Ok(json_call(Method::Post, format!("/payments/simplified-refund/{path}"), &body))
        }
        other => Err(format!("{} cannot be asked of Tamara", other.name())),
    }
}

/// An amount with its digits as they are, and no others.
fn written(amount: Money) -> String {
    format!(r#"{{"amount":{},"currency":"{}"}}"#, amount.digits(), amount.currency)
}

/// The call that reads an order.
pub fn look(id: &str) -> Call {
    Call { content_type: "application/json", ..json_call(Method::Get, format!("/orders/{}", percent(id)), "") }
}

/// An id in a path: letters and digits as they are, everything else by its bytes.
pub fn percent(id: &str) -> String {
    use std::fmt::Write;
    let mut path = String::new();
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => path.push(char::from(byte)),
            other => _ = write!(path, "%{other:02X}"),
        }
    }
    path
}

/// What an answer to a call means. What is not sure is unknown.
pub fn answer(wanted: &Wanted, status: u16, body: &[u8]) -> Answer {
    let words = words(body);
    if let Some(known) = common(status, &words) {
        return known;
    }
    match status {
        200..=299 => done(wanted, body).unwrap_or_else(|why| Answer::Unknown(format!("HTTP {status}, {why}"))),
        409 => Answer::Look(words),
        404 => Answer::Refused(format!("no such order for this account ({words})")),
        400 | 422 => Answer::Refused(words),
        other => Answer::Unknown(format!("HTTP {other}")),
    }
}

/// What a successful answer says was done.
fn done(wanted: &Wanted, body: &[u8]) -> Result<Answer, &'static str> {
    let value: Value = serde_json::from_slice(body).map_err(|_| "which is not JSON")?;
    // Of two values for one field, none is guessed.
    let body = object::read(body)
        .map_or_else(|_| if value.is_object() { None } else { Some(value) }, |fields| Some(Value::Object(fields)));
    let body = body.ok_or("which says something twice")?;
    let Some(currency) = wanted.amount.map(|amount| amount.currency) else { return authorised(wanted, &body) };
    if text(&body, "order_id").is_some_and(|id| id != wanted.order.id) {
        return Err("about another order");
    }
    let (id, sum) = match wanted.action {
        Action::Capture => ("capture_id", "captured_amount"),
        Action::Cancel => ("cancel_id", "canceled_amount"),
        _ => ("refund_id", "refunded_amount"),
    };
    let reference = text(&body, id).ok_or("without its id")?;
    // An amount in another currency is another amount.
    if !body[sum].is_null() && money(&body[sum], currency) != wanted.amount {
        return Err("with another amount");
    }
    let of_capture = text(&body, "capture_id").filter(|_| wanted.action == Action::Refund);
    let done = Done { amount: wanted.amount, reference: Some(reference), of_capture, ..Done::new(wanted.action) };
    Ok(Answer::Done(vec![done]))
}

/// Authorised; and captured, where the provider did that with it.
fn authorised(wanted: &Wanted, body: &Value) -> Result<Answer, &'static str> {
    if text(body, "order_id").is_none_or(|id| id != wanted.order.id) {
        return Err("without the order's id");
    }
    let status = body["status"].as_str().unwrap_or_default();
    if !matches!(status, "authorised" | "authorized" | "fully_captured") {
        return Err("without a status that is known");
    }
    let mut moves = vec![Done::new(Action::Authorise)];
    if body["auto_captured"] == true || status == "fully_captured" {
        let reference = text(body, "capture_id").ok_or("captured without its id")?;
        let amount = ["captured_amount", "authorized_amount"].iter().find_map(|name| any_money(&body[*name]));
        let amount = amount.ok_or("captured without an amount")?;
        moves.push(Done { amount: Some(amount), reference: Some(reference), ..Done::new(Action::Capture) });
    }
    Ok(Answer::Done(moves))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Currency, OrderKey, TAMARA};
    use crate::wire::call::{Details, Shipping};

    fn wanted(action: Action, amount: Option<&str>) -> Wanted {
        let shipping = Shipping {
            company: Some("Aramex".to_owned()),
            shipped_at: Some("2026-11-20T09:00:00Z".parse().unwrap()),
            ..Shipping::default()
        };
        Wanted {
            order: OrderKey::new(TAMARA, "a/b 1").unwrap(),
            action,
            actor: Actor::Merchant,
            amount: amount.map(|digits| Money::parse(digits, Currency::Sar).unwrap()),
            mark: "m-1".to_owned(),
            details: Details { shipping: Some(shipping), ..Details::default() },
        }
    }

    #[test]
    fn calls_are_those_of_the_documentation() {
        let check = |action, amount, expect: &str| {
            let call = call(&wanted(action, amount)).unwrap();
            assert_eq!(format!("{} {}", call.path, String::from_utf8(call.body).unwrap()), expect);
        };
        check(Action::Authorise, None, "/orders/a%2Fb%201/authorise {}");
        check(
            Action::Cancel,
            Some("230.5"),
            r#"/orders/a%2Fb%201/cancel {"total_amount":{"amount":230.50,"currency":"SAR"}}"#,
        );
        check(
            Action::Capture,
            Some("1"),
            r#"/payments/capture {"order_id":"a/b 1","total_amount":{"amount":1.00,"currency":"SAR"},"shipping_info":{"shipped_at":"2026-11-20T09:00:00Z","shipping_company":"Aramex","tracking_number":null,"tracking_url":null}}"#,
        );
        check(
            Action::Refund,
            Some("0.01"),
            r#"/payments/simplified-refund/a%2Fb%201 {"total_amount":{"amount":0.01,"currency":"SAR"},"comment":"Refund","merchant_refund_id":"m-1"}"#,
        );
        assert!(call(&wanted(Action::Refund, None)).is_err());
        assert!(call(&wanted(Action::Approve, None)).is_err());
    }

    /// Checks what an answer means, in words.
    fn check(action: Action, amount: Option<&str>, status: u16, body: &str, expect: &str) {
        let got = match answer(&wanted(action, amount), status, body.as_bytes()) {
            Answer::Done(moves) => {
                let one = |done: &Done| {
                    let amount = done.amount.map(|amount| format!(" {amount}")).unwrap_or_default();
                    format!("{}{amount} {}", done.action.name(), done.reference.clone().unwrap_or_default())
                };
                format!("done: {}", moves.iter().map(one).collect::<Vec<_>>().join(", "))
            }
            Answer::Look(words) => format!("look: {words}"),
            Answer::Refused(words) => format!("refused: {words}"),
            Answer::Broken(words) => format!("broken: {words}"),
            Answer::Later(_) => "later".to_owned(),
            Answer::Unknown(words) => format!("unknown: {words}"),
        };
        assert_eq!(got, expect, "{action:?} {status} {body}");
    }

    #[test]
    fn answers_are_done_refused_or_unknown() {
        let one = Some("1");
        use Action::{Authorise, Cancel, Capture, Refund};
        check(
            Capture,
            one,
            200,
            r#"{"order_id":"a/b 1","capture_id":"c1","captured_amount":{"amount":"1.0"}}"#,
            "done: capture SAR 1.00 c1",
        );
        check(
            Capture,
            one,
            200,
            r#"{"order_id":"a/b 1","capture_id":"","captured_amount":{"amount":1}}"#,
            "unknown: HTTP 200, without its id",
        );
        check(Capture, one, 200, r#"{"order_id":"x","capture_id":"c1"}"#, "unknown: HTTP 200, about another order");
        check(
            Capture,
            one,
            200,
            r#"{"capture_id":"c1","captured_amount":[{"amount":2}]}"#,
            "unknown: HTTP 200, with another amount",
        );
        check(Capture, one, 200, "<html>ok</html>", "unknown: HTTP 200, which is not JSON");
        check(
            Cancel,
            one,
            201,
            r#"{"cancel_id":"x1","canceled_amount":[{"amount":"1.00","currency":"SAR"}]}"#,
            "done: cancel SAR 1.00 x1",
        );
        check(Refund, one, 200, r#"{"refund_id":"r1","capture_id":"c1"}"#, "done: refund SAR 1.00 r1");
        check(
            Authorise,
            None,
            200,
            r#"{"order_id":"a/b 1","status":"authorised","capture_id":""}"#,
            "done: authorise ",
        );
        check(
            Authorise,
            None,
            200,
            r#"{"order_id":"a/b 1","status":"fully_captured","auto_captured":true,"capture_id":"c9","authorized_amount":{"amount":230.5,"currency":"SAR"}}"#,
            "done: authorise , capture SAR 230.50 c9",
        );
        check(
            Authorise,
            None,
            200,
            r#"{"order_id":"a/b 1","status":"new"}"#,
            "unknown: HTTP 200, without a status that is known",
        );
    }

    #[test]
    fn errors_are_refused_broken_later_or_unknown() {
        let one = Some("1");
        use Action::{Authorise, Refund};
        check(Authorise, None, 200, "", "unknown: HTTP 200, which is not JSON");
        check(
            Refund,
            one,
            400,
            r#"{"message":"Too much","errors":[{"error_code":"amount_exceeds"}]}"#,
            "refused: Too much (amount_exceeds)",
        );
        check(Refund, one, 422, r#"{"errors":[{"error_code":"x"}]}"#, "refused: x");
        check(Refund, one, 404, "", "refused: no such order for this account (no message)");
        check(Refund, one, 401, r#"{"message":"Invalid token"}"#, "broken: Invalid token");
        check(Refund, one, 403, "", "broken: no message");
        check(Refund, one, 409, r#"{"message":"State"}"#, "look: State");
        check(Refund, one, 429, "", "later");
        check(Refund, one, 500, r#"{"refund_id":"r1"}"#, "unknown: HTTP 500");
        check(Refund, one, 302, "", "unknown: HTTP 302");
    }
}
