//! What the sandbox answers over HTTP.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base64::prelude::{BASE64_STANDARD, Engine};
use chrono::Utc;
use serde_json::{Value, json};

use super::book::{Held, Move, No};
use super::fault::Wrong;
use super::{Sandbox, tell, webhooks};
use crate::domain::Money;

/// The longest body.
const LONGEST: usize = 1 << 20;
/// A call that is never answered.
const FOREVER: Duration = Duration::from_secs(3_600);

/// Answers a call.
pub async fn answer(State(sandbox): State<Arc<Sandbox>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LONGEST).await.unwrap_or_default();
    let path = parts.uri.path().to_owned();
    if let Some(rest) = path.strip_prefix("/sandbox/") {
        return managed(&sandbox, parts.method.as_str(), rest, &body);
    }
    let wrong = sandbox.wrong();
    if wrong == Some(Wrong::Later) {
        return plain(StatusCode::TOO_MANY_REQUESTS, "slow down");
    }
    let form =
        parts.headers.get(header::CONTENT_TYPE).is_some_and(|it| it.as_bytes().starts_with(b"application/x-www"));
    if wrong == Some(Wrong::Server) && sandbox.draw() < 0.5 {
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "oops");
    }
    if wrong == Some(Wrong::Conflict) && parts.method == "POST" && !form {
        let said = json!({"message": "Conflict", "errors": [{"error_code": "conflict", "data": {"old_state": "", "new_state": ""}}]});
        return sent(StatusCode::CONFLICT, &said);
    }
    let (status, said) = match form {
        true => form_call(&sandbox, &body),
        false => json_call(&sandbox, parts.method.as_str(), &path, &parts.headers, &body),
    };
    match wrong {
        Some(Wrong::Timeout) => {
            tokio::time::sleep(FOREVER).await;
            sent(status, &said)
        }
        Some(Wrong::Cut) => cut(status, &said),
        Some(Wrong::Html) => plain(StatusCode::OK, "<html><body>Thank you!</body></html>"),
        Some(Wrong::Server) => plain(StatusCode::BAD_GATEWAY, "<html>Bad gateway</html>"),
        Some(Wrong::Conflict | Wrong::Later) | None => sent(status, &said),
    }
}

fn plain(status: StatusCode, text: &str) -> Response {
    let mut response = Response::new(Body::from(text.to_owned()));
    *response.status_mut() = status;
    response
}

fn sent(status: StatusCode, said: &Value) -> Response {
    plain(status, &said.to_string())
}

/// Half of the answer, and then nothing.
fn cut(status: StatusCode, said: &Value) -> Response {
    let text = said.to_string();
    let half = Bytes::from(text[..text.len() / 2].to_owned());
    let broken = std::io::Error::other("cut");
    let pieces = futures_util::stream::iter([Ok(half), Err(broken)]);
    let mut response = Response::new(Body::from_stream(pieces));
    *response.status_mut() = status;
    response
}

/// Orders are put in and read by those who practise.
fn managed(sandbox: &Sandbox, method: &str, rest: &str, body: &[u8]) -> Response {
    match (method, rest) {
        ("POST", "orders") => match serde_json::from_slice::<Held>(body) {
            Ok(held) => {
                sandbox.with(|book| book.orders.insert(held.order_id.clone(), held));
                sent(StatusCode::OK, &json!({"result": "done"}))
            }
            Err(error) => sent(StatusCode::BAD_REQUEST, &json!({"message": error.to_string()})),
        },
        ("POST", "faults") => match std::str::from_utf8(body).unwrap_or_default().trim().parse() {
            Ok(faults) => {
                sandbox.set_faults(faults);
                sent(StatusCode::OK, &json!({"result": "done"}))
            }
            Err(error) => sent(StatusCode::BAD_REQUEST, &json!({"message": error})),
        },
        ("GET", "orders") => {
            let orders: Vec<Held> = sandbox.with(|book| book.orders.values().cloned().collect());
            sent(StatusCode::OK, &json!(orders))
        }
        ("GET", "calls") => sent(StatusCode::OK, &sandbox.with(|book| json!(book.calls))),
        _ => sent(StatusCode::NOT_FOUND, &json!({"message": "there are orders, calls and faults"})),
    }
}

type Said = (StatusCode, Value);

fn no(no: &No) -> Said {
    match no {
        No::Missing => (StatusCode::NOT_FOUND, json!({"message": "Order not found"})),
        No::Conflict(old, new) => (
            StatusCode::CONFLICT,
            json!({"message": "Invalid state", "errors": [{"error_code": "invalid_state", "data": {"old_state": old, "new_state": new}}]}),
        ),
        No::Wrong(code) => {
            (StatusCode::BAD_REQUEST, json!({"message": "Not possible", "errors": [{"error_code": code}]}))
        }
    }
}

fn money(money: Money) -> Value {
    let digits: serde_json::Number = money.digits().parse().unwrap_or_else(|_| 0.into());
    json!({"amount": digits, "currency": money.currency.code()})
}

/// A call to Tamara's API.
fn json_call(sandbox: &Arc<Sandbox>, method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> Said {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
    let Some((account, _)) = bearer.and_then(|key| sandbox.member("tamara", key)) else {
        return (StatusCode::UNAUTHORIZED, json!({"message": "Invalid token"}));
    };
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let pieces: Vec<String> = path.trim_start_matches('/').split('/').map(decoded).collect();
    let words: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let (kind, id) = match (method, words.as_slice()) {
        ("GET", ["orders", id]) => ("read", *id),
        ("POST", ["orders", id, "authorise"]) => ("authorise", *id),
        ("POST", ["orders", id, "cancel"]) => ("cancel", *id),
        ("POST", ["payments", "capture"]) => ("capture", said["order_id"].as_str().unwrap_or_default()),
        ("POST", ["payments", "simplified-refund", id]) => ("refund", *id),
        (method, ["webhooks", rest @ ..]) => return webhooks::answer(sandbox, &account, method, rest, &said),
        _ => return (StatusCode::NOT_FOUND, json!({"message": "Not found"})),
    };
    let done = sandbox.with(|book| {
        *book.calls.entry(kind.to_owned()).or_default() += 1;
        let held = book.orders.get_mut(id).filter(|held| held.account == account).ok_or(No::Missing)?;
        if kind == "read" {
            return Ok((read(held), None));
        }
        let made = asked(held, kind, &said)?;
        Ok((answered(held, kind, made.as_ref()), Some((held.clone(), made))))
    });
    match done {
        Ok((said, told)) => {
            if let Some((held, made)) = told {
                tell::of_tamara(sandbox, &held, kind, made.as_ref());
            }
            (StatusCode::OK, said)
        }
        Err(why) => no(&why),
    }
}

fn asked(held: &mut Held, kind: &str, said: &Value) -> Result<Option<Move>, No> {
    if kind == "authorise" {
        held.authorise()?;
        return Ok(None);
    }
    let digits = said["total_amount"]["amount"].to_string();
    let amount = Money::parse(digits.trim_matches('"'), held.currency).map_err(|_| No::Wrong("amount_invalid"))?;
    if said["total_amount"]["currency"] != held.currency.code() {
        return Err(No::Wrong("currency_invalid"));
    }
    if kind == "refund" && !said["comment"].is_string() {
        return Err(No::Wrong("comment_required"));
    }
    let mark = said["merchant_refund_id"].as_str().map(str::to_owned);
    held.money_move(kind, amount.minor, mark, Utc::now()).map(Some)
}

fn answered(held: &Held, kind: &str, made: Option<&Move>) -> Value {
    let mut said = json!({"order_id": held.order_id, "status": held.status});
    if let Some(made) = made {
        let past =
            if kind == "cancel" { "canceled".to_owned() } else { format!("{kind}d").replace("capturd", "captured") };
        said[format!("{kind}_id")] = made.id.clone().into();
        said[format!("{}_amount", past.replace("refundd", "refunded"))] = money(held.money(made.amount));
        if let Some(of) = &made.of {
            said["capture_id"] = of.clone().into();
        }
    } else {
        said["authorized_amount"] = money(held.money(held.amount));
        said["auto_captured"] = false.into();
        said["capture_id"] = "".into();
    }
    said
}

/// The order as it is read.
fn read(held: &Held) -> Value {
    let list = |kind: &str, id: &str| -> Vec<Value> {
        let one = |made: &Move| {
            let mut entry = json!({"total_amount": money(held.money(made.amount)), "created_at": made.at});
            entry[id] = made.id.clone().into();
            entry["capture_id"] = made.of.clone().or_else(|| (kind == "capture").then(|| made.id.clone())).into();
            entry["merchant_refund_id"] = made.mark.clone().into();
            entry
        };
        held.moves.iter().filter(|made| made.kind == kind).map(one).collect()
    };
    json!({
        "order_id": held.order_id, "order_reference_id": held.order_id, "status": held.status, "created_at": held.created_at,
        "total_amount": money(held.money(held.amount)), "captured_amount": money(held.money(held.sum("capture"))),
        "canceled_amount": money(held.money(held.sum("cancel"))), "refunded_amount": money(held.money(held.sum("refund"))),
        "transactions": {"cancels": list("cancel", "cancel_id"), "captures": list("capture", "capture_id"), "refunds": list("refund", "refund_id")},
    })
}

fn decoded(piece: &str) -> String {
    let whole = format!("x={}", piece.replace('+', "%2B"));
    form_urlencoded::parse(whole.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A call to AtaraPay's one address.
fn form_call(sandbox: &Arc<Sandbox>, body: &[u8]) -> Said {
    let said = |status: &str, message: &str, data: Value| {
        (StatusCode::OK, json!({"status": status, "message": message, "data": data}))
    };
    let field =
        |name: &str| form_urlencoded::parse(body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let token = field("authtoken").and_then(|token| BASE64_STANDARD.decode(token).ok());
    let key = token.and_then(|token| String::from_utf8(token).ok()).unwrap_or_default();
    let Some((account, member)) = sandbox.member("atarapay", &key) else {
        return said("error", "Invalid authtoken supplied", Value::Null);
    };
    let (id, wanted) = (field("order").unwrap_or_default(), field("status").unwrap_or_default());
    let (from, to, title): (&[&str], &str, &str) = match wanted.as_str() {
        "delivered" => (&["pending", "pending_ii"], "awaiting_buyer_response", "Delivered"),
        "cancelled" | "buyer_cancel" => (&["pending", "pending_ii"], "cancelled", "Canceled"),
        "order" => (&[], "", ""),
        _ => return said("error", "Unknown status", Value::Null),
    };
    let done = sandbox.with(|book| {
        *book.calls.entry(wanted.clone()).or_default() += 1;
        let held = book.orders.get_mut(&id).filter(|held| held.account == account).ok_or(No::Missing)?;
        if !to.is_empty() {
            if !from.contains(&held.status.as_str()) {
                return Err(No::Conflict(held.status.clone(), "processed"));
            }
            held.status = to.to_owned();
        }
        Ok(held.clone())
    });
    match done {
        Ok(held) => {
            if !to.is_empty() {
                tell::of_atarapay(sandbox, &held, &member, title);
            }
            said("success", "Order Fetched", tell::atarapay_order(&held))
        }
        Err(No::Missing) => said("error", "No such order exists for the seller", Value::Null),
        Err(No::Conflict(..) | No::Wrong(_)) => said("error", "The order has already been processed", Value::Null),
    }
}
