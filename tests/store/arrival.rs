//! In whatever order the facts of a life arrive, the order ends where its life ends, and nothing waits.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::harness::book;

/// What happens to an order, hour by hour, and the status at its end.
struct Life {
    provider: &'static str,
    currency: &'static str,
    facts: &'static [(&'static str, &'static str, Option<&'static str>)],
    end: &'static str,
}

#[rustfmt::skip]
const LIVES: &[Life] = &[
    Life { provider: "tamara", currency: "SAR", end: "partially_refunded", facts: &[
        ("provider", "approve", None), ("merchant", "authorise", None), ("merchant", "capture", Some("300.00")), ("merchant", "refund", Some("40.00"))] },
    Life { provider: "tamara", currency: "SAR", end: "fully_captured", facts: &[
        ("provider", "approve", None), ("merchant", "authorise", None), ("merchant", "capture", Some("100.00")), ("merchant", "capture", Some("200.00"))] },
    Life { provider: "atarapay", currency: "NGN", end: "completed", facts: &[
        ("courier", "deliver", None), ("buyer", "reject", None), ("seller", "confirm_good_condition", None), ("provider", "complete", None)] },
    Life { provider: "atarapay", currency: "NGN", end: "disputed", facts: &[
        ("courier", "deliver", None), ("buyer", "reject", None), ("seller", "report_bad_condition", None), ("seller", "raise_dispute", None)] },
];

/// Every order of so many things.
fn permutations(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(of - 1);
    shorter.iter().flat_map(|one| (0..of).map(|at| [&one[..at], &[of - 1], &one[at..]].concat())).collect()
}

fn line(life: &Life, order: &str, hour: usize, begin: DateTime<Utc>) -> Value {
    let at = begin + TimeDelta::hours(hour as i64);
    let mut line = json!({"type": "moved", "provider": life.provider, "order": order, "at": at});
    if hour == 0 {
        line["type"] = "opened".into();
        line["currency"] = life.currency.into();
        line["amount"] = "300.00".into();
        return line;
    }
    let (actor, action, amount) = life.facts[hour - 1];
    line["actor"] = actor.into();
    line["action"] = action.into();
    if let Some(amount) = amount {
        line["amount"] = amount.into();
        line["reference"] = format!("{order}-{hour}").into();
    }
    line
}

#[tokio::test]
async fn the_order_of_arrival_changes_nothing() {
    let book = book().await;
    let begin = Utc::now() - TimeDelta::hours(60);
    let mut waves: Vec<Vec<String>> = vec![Vec::new(); 5];
    let mut ends = Vec::new();
    for (number, life) in LIVES.iter().enumerate() {
        for (place, order) in permutations(5).into_iter().enumerate() {
            let name = format!("L-{number}-{place}");
            let opening = line(life, &name, 0, begin).to_string();
            for (wave, hour) in order.iter().enumerate() {
                waves[wave].push(if *hour == 0 {
                    opening.clone()
                } else {
                    line(life, &name, *hour, begin).to_string()
                });
            }
            ends.push((name, order, life.end));
        }
    }
    for wave in waves {
        let told = book.import(wave.join("\n").as_bytes());
        assert_eq!(told.code, 0, "{told:?}");
    }
    let found: Vec<(String, String)> =
        sqlx::query_as("select split_part(id, ':', 2), status from orders").fetch_all(&book.store.pool).await.unwrap();
    let status = |name: &str| found.iter().find(|(id, _)| id == name).map(|(_, status)| status.as_str());
    let wrong: Vec<String> = ends
        .iter()
        .filter(|(name, _, end)| status(name) != Some(*end))
        .map(|end| format!("{end:?}: {:?}", status(&end.0)))
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), ends.len(), wrong.join("\n"));
    assert_eq!(book.run(&["quarantine", "--json"]).out, "");
    assert_eq!(book.faults().await, Vec::<String>::new());
}
