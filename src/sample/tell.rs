//! Writes lives as lines: facts in our neutral format, notifications in the providers' formats, and faulty lines.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

use super::dice::Dice;
use super::life::Life;
use crate::domain::{Action, Actor, Kind, Money, Step};

/// A line and when it arrives.
pub type Line = (DateTime<Utc>, Vec<u8>);

/// The lines of a life, in the order of its steps.
pub fn lines(life: &Life, dice: &mut Dice) -> Vec<Line> {
    let mut lines = vec![(life.opened.opened_at, bytes(&opened(life)))];
    for (at, step) in life.steps.iter().enumerate() {
        let noticed = if dice.chance(0.92) { notification(life, step, at) } else { None };
        lines.push((step.order().moved_at, bytes(&noticed.unwrap_or_else(|| moved(step, at)))));
    }
    lines
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn opened(life: &Life) -> Value {
    let order = &life.opened;
    let mut line = json!({
        "type": "opened",
        "provider": order.provider().name(),
        "order": order.key.id,
        "at": time(order.opened_at),
        "currency": order.amount.currency.code(),
        "amount": order.amount.digits(),
        "merchant": life.merchant,
        "buyer": life.buyer,
    });
    if let Some(seller) = &life.seller {
        line["seller"] = json!(seller);
    }
    if let Some(fee) = life.fee {
        line["cancellation_fee"] = json!(fee.digits());
    }
    line
}

fn moved(step: &Step, at: usize) -> Value {
    let order = step.order();
    let mut line = json!({
        "type": "moved",
        "provider": order.provider().name(),
        "order": order.key.id,
        "at": time(order.moved_at),
        "action": step.action().name(),
        "actor": step.actor().name(),
    });
    if let Some(amount) = step.amount() {
        line["amount"] = json!(amount.digits());
        line["reference"] = json!(reference(step, at));
    }
    if let (Action::Settle, Some(parts)) = (step.action(), order.facts.parts) {
        line["to_seller"] = json!(order.money(parts.to_seller).digits());
        line["to_buyer"] = json!(order.money(parts.to_buyer).digits());
        line["note"] = json!("Photographs of both parties seen");
    }
    line
}

/// The step as a notification of its provider; `None` if the provider has none for it.
fn notification(life: &Life, step: &Step, at: usize) -> Option<Value> {
    let order = step.order();
    let body = match order.provider().kind() {
        Kind::Capture => tamara(step, at)?,
        Kind::Escrow => atarapay(life, step)?,
    };
    Some(json!({
        "type": "notification",
        "provider": order.provider().name(),
        "at": time(order.moved_at),
        "body": body,
    }))
}

/// The provider's id of a cancellation, capture or refund.
fn reference(step: &Step, at: usize) -> String {
    format!("{}-{}-{at}", step.action().name(), step.order().key.id)
}

fn tamara(step: &Step, at: usize) -> Option<Value> {
    let order = step.order();
    let id = &order.key.id;
    let reference = reference(step, at);
    let money = |amount: Money| json!({"amount": amount.digits(), "currency": amount.currency.code()});
    let whole = order.status.name() == "canceled";
    let (event, data) = match (step.action(), step.amount()) {
        (Action::Approve, _) => ("order_approved", json!([])),
        (Action::Decline, _) => ("order_declined", json!({"declined_reason": "limit", "decline_type": "hard"})),
        (Action::Authorise, _) => ("order_authorised", json!([])),
        (Action::Expire, _) => ("order_expired", json!([])),
        (Action::Cancel, Some(amount)) => {
            let event = if whole { "order_canceled" } else { "order_updated" };
            (event, json!({"cancel_id": reference, "canceled_amount": money(amount)}))
        }
        (Action::Capture, Some(amount)) => {
            ("order_captured", json!({"capture_id": reference, "captured_amount": money(amount)}))
        }
        (Action::Refund, Some(amount)) => {
            ("order_refunded", json!({"refund_id": reference, "refunded_amount": money(amount), "comment": "returned"}))
        }
        (_, _) => return None,
    };
    Some(json!({
        "order_id": id, "order_reference_id": format!("ref-{id}"), "order_number": format!("no-{id}"),
        "event_type": event, "data": data,
    }))
}

fn atarapay(life: &Life, step: &Step) -> Option<Value> {
    let order = step.order();
    let (outer, inner) = match (step.action(), step.actor()) {
        (Action::Deliver, _) => ("Delivered", "Awaiting Buyer Response"),
        (Action::Accept, _) => ("Accepted", "Accepted"),
        (Action::Reject, _) => ("Rejected", "Rejected"),
        (Action::Cancel, Actor::Buyer) => ("Rejected", "Canceled"),
        // The inner status would not say who canceled.
        (Action::Cancel | Action::Withdraw, Actor::Seller) => ("Canceled", "Canceled"),
        (Action::AgreeSecondDelivery, _) => ("Pending II", "Pending II"),
        (Action::ConfirmGoodCondition, _) => ("Refunded", "Refunded"),
        (Action::ReportBadCondition, _) => ("Dispute", "Dispute"),
        (Action::RaiseDispute, _) => ("Disputed", "Disputed"),
        (Action::Complete, _) => ("Complete", "Complete"),
        (_, _) => return None,
    };
    let mut data = Map::new();
    data.insert("id".to_owned(), json!(order.key.id));
    data.insert("amount_payed".to_owned(), json!(order.amount.minor));
    data.insert("currency".to_owned(), json!(order.amount.currency.code()));
    data.insert("customer".to_owned(), json!(life.buyer));
    data.insert("delivery_date".to_owned(), json!("0000-00-00"));
    data.insert("status".to_owned(), json!({"title": inner, "description": ""}));
    // In every third one the data is JSON in a string, as the provider sends it.
    let data =
        if order.version % 3 == 0 { Value::String(Value::Object(data).to_string()) } else { Value::Object(data) };
    Some(json!({"status": outer, "message": "", "data": data}))
}

/// Adds the line, or a damaged version of it: most lines arrive unchanged.
pub fn maybe_spoil(line: Line, faults: f64, dice: &mut Dice, told: &mut Vec<Line>) {
    let (at, bytes) = line;
    if !dice.chance(faults) {
        return told.push((at, bytes));
    }
    let soon = at + dice.wait(1, 600);
    match dice.below(5) {
        0 => {
            told.push((soon, bytes[..bytes.len() * 2 / 3].to_vec()));
            told.push((at, bytes));
        }
        1 => {
            told.push((at, bytes.clone()));
            told.push((soon, bytes));
        }
        2 => told.push((at + TimeDelta::minutes(dice.between(1, 3_000)), bytes)),
        3 => {
            told.push((soon, contradiction(&bytes)));
            told.push((at, bytes));
        }
        _ => {
            told.push((at, bytes.clone()));
            let mut broken = bytes;
            let middle = broken.len() / 2;
            broken[middle] = 0xff;
            told.push((soon, broken));
        }
    }
}

/// A contradictory notification about the same order.
fn contradiction(bytes: &[u8]) -> Vec<u8> {
    let line: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let (at, provider) = (line["at"].clone(), line["provider"].clone());
    let body = &line["body"];
    let id = [&line["order"], &body["order_id"], &body["data"]["id"]].into_iter().find(|id| id.is_string());
    let id = id.cloned().unwrap_or_else(|| json!("nobody-knows"));
    let body = if provider == "tamara" {
        json!({"order_id": id, "event_type": "order_on_hold", "data": []})
    } else {
        json!({"status": "Delivered", "data": {"id": id, "status": {"id": 9, "title": "Canceled"}}})
    };
    json!({"type": "notification", "provider": provider, "at": at, "body": body}).to_string().into_bytes()
}
