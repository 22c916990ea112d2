//! The notifications that the sandbox sends, signed as the providers sign theirs.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use super::book::{Held, Move};
use super::{Member, Sandbox};
use crate::wire::{atarapay, tamara};

/// How often a notification is sent that is not taken, and how long between two times.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(300);

fn post(sandbox: &Arc<Sandbox>, url: String, token: Option<String>, body: String, kind: &'static str) {
    let client = sandbox.client.clone();
    tokio::spawn(async move {
        for _ in 0..TRIES {
            let mut request = client.post(&url).header("Content-Type", kind).body(body.clone());
            if let Some(token) = &token {
                request = request.bearer_auth(token);
            }
            if request.send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    });
}

/// Tells of a move at Tamara.
pub fn of_tamara(sandbox: &Arc<Sandbox>, held: &Held, kind: &str, made: Option<&Move>) {
    let Some(key) = sandbox.named(&held.account).and_then(|member| member.notify_with) else { return };
    let (event, id, amount) = match kind {
        "authorise" => ("order_authorised", "", ""),
        "capture" => ("order_captured", "capture_id", "captured_amount"),
        "cancel" => ("order_canceled", "cancel_id", "canceled_amount"),
        _ => ("order_refunded", "refund_id", "refunded_amount"),
    };
    let mut data = json!([]);
    if let Some(made) = made {
        let money = held.money(made.amount);
        data = json!({"comment": ""});
        data[amount] = json!({"amount": money.digits(), "currency": money.currency.code()});
        if let Some(of) = &made.of {
            data["capture_id"] = of.clone().into();
        }
        data[id] = made.id.clone().into();
    }
    let body = json!({"order_id": held.order_id, "order_reference_id": held.order_id, "order_number": held.order_id, "event_type": event, "data": data});
    for url in hooks(sandbox, &held.account, event) {
        let token = tamara::token::sign(&key, Utc::now(), Utc::now() + TimeDelta::minutes(15));
        post(sandbox, url, Some(token), body.to_string(), "application/json");
    }
}

/// Where an account's event is told: the server that this was started with, and what is registered for it. Each once.
fn hooks(sandbox: &Sandbox, account: &str, event: &str) -> Vec<String> {
    let started_with = sandbox.notify.as_ref().map(|to| format!("{to}/hooks/tamara/{account}"));
    let registered: Vec<String> = sandbox.with(|book| {
        let told =
            book.webhooks.iter().filter(|hook| hook.account == account && hook.events.iter().any(|it| it == event));
        told.map(|hook| hook.url.clone()).collect()
    });
    let mut all: Vec<String> = started_with.into_iter().chain(registered).collect();
    all.sort();
    all.dedup();
    all
}

/// An order of AtaraPay as it is told and read.
pub fn atarapay_order(held: &Held) -> Value {
    let title = match held.status.as_str() {
        "pending" => "Pending",
        "pending_ii" => "Pending II",
        "awaiting_buyer_response" => "Delivered",
        _ => "Canceled",
    };
    // It writes zeros where it has no time.
    let created_at = match held.created_at.timestamp() {
        0 => "0000-00-00 00:00:00".to_owned(),
        _ => held.created_at.format("%Y-%m-%d %H:%M:%S").to_string(),
    };
    json!({"id": held.order_id, "amount_payed": held.amount.to_string(), "currency": held.currency.code(), "status": {"id": 1, "title": title},
        "created_at": created_at})
}

/// Tells of a move at AtaraPay.
pub fn of_atarapay(sandbox: &Arc<Sandbox>, held: &Held, member: &Member, title: &str) {
    let Some(to) = &sandbox.notify else { return };
    let Some((public, private)) = member.key.split_once(':') else { return };
    let token = atarapay::token::token(public, private, &held.order_id, &held.amount.to_string());
    let data = atarapay_order(held).to_string();
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("status", title),
            ("message", "Order updated"),
            ("data", data.as_str()),
            ("token", token.as_str()),
        ])
        .finish();
    let url = format!("{to}/hooks/atarapay/{}", held.account);
    post(sandbox, url, None, body, "application/x-www-form-urlencoded");
}
