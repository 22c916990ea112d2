//! What someone tried with a stuck order, and what the provider reported when asked.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};

use super::dice::Dice;
use super::life::{BROKEN, Life};
use super::tell::Line;
use crate::domain::Action;

/// Random streams that lives do not use.
const APART: u64 = 1 << 63;

/// The evidence about an order, if it is stuck at Approved.
pub fn lines(life: &Life, seed: u64, index: u64) -> Vec<Line> {
    let approved = life.steps.iter().find(|step| step.action() == Action::Approve);
    let Some(approved) = approved.map(|step| step.order().moved_at) else { return Vec::new() };
    if life.steps.iter().any(|step| step.action() == Action::Authorise) {
        return Vec::new();
    }
    let mut dice = Dice::new(seed, index | APART);
    let mut tried = |minutes: i64, result: &str, detail: Value| {
        let at = approved + TimeDelta::minutes(minutes) + dice.wait(0, 60);
        (at, attempted(life, at, result, detail))
    };
    // One merchant's token was rotated, but its integration still uses the old one.
    if life.merchant == BROKEN {
        let why = || json!({"message": "Unauthenticated"});
        let mut lines: Vec<Line> = [2, 62, 362].map(|minutes| tried(minutes, "401", why())).into();
        let asked = approved + TimeDelta::minutes(480);
        lines.push((asked, observed(life, asked, "approved")));
        return lines;
    }
    let asked = approved + TimeDelta::minutes(95);
    match index % 5 {
        0 => Vec::new(),
        1 => vec![(asked, observed(life, asked, "authorised"))],
        2 => vec![tried(3, "timeout", Value::Null)],
        3 => vec![tried(3, "503", json!("Service Unavailable"))],
        _ => {
            let states = json!({"errors": [{"data": {"old_state": "approved", "new_state": "expired"}}]});
            vec![tried(3, "409", states)]
        }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn attempted(life: &Life, at: DateTime<Utc>, result: &str, detail: Value) -> Vec<u8> {
    let order = &life.opened.key;
    json!({
        "type": "attempted", "provider": order.provider.name(), "order": order.id, "action": "authorise",
        "at": time(at), "result": result, "detail": detail,
    })
    .to_string()
    .into_bytes()
}

fn observed(life: &Life, at: DateTime<Utc>, status: &str) -> Vec<u8> {
    let order = &life.opened.key;
    json!({
        "type": "observed", "provider": order.provider.name(), "order": order.id, "at": time(at), "status": status,
    })
    .to_string()
    .into_bytes()
}
