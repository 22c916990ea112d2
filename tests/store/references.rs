//! A provider's reference is one move: it comes back with the same content, or a person looks at it.

use serde_json::{Value, json};

use super::harness::Book;
use super::reported::{check, opened, said};

/// An authorised order, then what Tamara says of captures and refunds: the reference, the capture, the amount.
fn lives(order: &str, events: &[(&str, &str, Option<&str>, &str, &str)]) -> Vec<Value> {
    let start =
        [opened("tamara", order, json!({})), said(order, "2026-11-20T09:05:00Z", "order_authorised", json!([]))];
    let events = events.iter().enumerate().map(|(number, (event, reference, capture, amount, currency))| {
        let money = json!({"amount": amount, "currency": currency});
        let data = match *event {
            "order_captured" => json!({"capture_id": reference, "captured_amount": money}),
            _ => json!({"refund_id": reference, "capture_id": capture, "refunded_amount": money}),
        };
        said(order, &format!("2026-11-20T1{number}:00:00Z"), event, data)
    });
    start.into_iter().chain(events).collect()
}

async fn captured_and_refunded(book: &Book, order: &str) -> [String; 2] {
    let shown = book.run(&["show", order, "--json"]).one();
    ["captured", "refunded"].map(|name| shown["amounts"][name].as_str().unwrap_or("-").to_owned())
}

#[tokio::test]
async fn a_reference_says_the_same_each_time() {
    let captured = |reference, amount, currency| ("order_captured", reference, None, amount, currency);
    let refunded = |reference, capture, amount| ("order_refunded", reference, Some(capture), amount, "SAR");
    let known = "c-1 is known as a capture of SAR 100.00, and now as a ";
    let cases: [(_, Option<(&str, &str)>, _); 7] = [
        (vec![captured("c-1", "100", "SAR")], None, ["100.00", "0.00"]),
        (vec![captured("c-1", "200", "SAR")], Some((known, "capture of SAR 200.00")), ["100.00", "0.00"]),
        (vec![captured("c-1", "100", "AED")], Some((known, "capture of AED 100.00")), ["100.00", "0.00"]),
        (vec![refunded("c-1", "c-1", "40")], Some((known, "refund of SAR 40.00")), ["100.00", "0.00"]),
        (vec![refunded("r-1", "c-1", "40"), refunded("r-1", "c-1", "40")], None, ["100.00", "40.00"]),
        (
            vec![refunded("r-1", "c-1", "40"), refunded("r-1", "c-2", "40")],
            Some(("r-1 is known as a refund of capture c-1", "refund of capture c-2")),
            ["100.00", "40.00"],
        ),
        (
            vec![refunded("r-1", "c-1", "40"), captured("r-1", "50", "SAR")],
            Some(("r-1 is known as a refund of SAR 40.00", "capture of SAR 50.00")),
            ["100.00", "40.00"],
        ),
    ];
    for (number, (events, held, money)) in cases.into_iter().enumerate() {
        let events: Vec<_> = std::iter::once(captured("c-1", "100", "SAR")).chain(events).collect();
        let order = format!("R-{number}");
        let expect: Vec<_> = held.iter().map(|(was, _)| (order.as_str(), "contradictory", *was)).collect();
        let book = check(&lives(&order, &events), &expect).await;
        assert_eq!(captured_and_refunded(&book, &order).await, money, "case {number}");
        if let Some((_, is)) = held {
            let fact = book.run(&["quarantine", "--json"]).one();
            assert!(fact["message"].as_str().unwrap().ends_with(is), "case {number}: {fact}");
        }
    }
}

/// What we write down ourselves, and what a person says: the same rule.
#[tokio::test]
async fn a_known_reference_moves_no_other_money() {
    let moved = |action: &str, reference: &str, amount: &str, hour: u32| {
        json!({"type": "moved", "provider": "tamara", "order": "R-1", "actor": "merchant", "action": action, "amount": amount,
            "reference": reference, "at": format!("2026-11-20T{hour}:00:00Z")})
    };
    let mut lines = lives("R-1", &[("order_captured", "c-1", None, "100", "SAR")]);
    lines.extend([
        moved("capture", "c-1", "100.00", 12),
        moved("capture", "c-1", "50.00", 13),
        moved("refund", "c-1", "10.00", 14),
    ]);
    lines.push(moved("refund", "r-1", "10.00", 15));
    let known = ("R-1", "contradictory", "c-1 is known as a capture of SAR 100.00");
    let book = check(&lines, &[known, known]).await;
    // What another run has brought in counts, too.
    let told = book.import(moved("refund", "c-1", "1.00", 16).to_string().as_bytes()).one();
    assert_eq!(told["quarantined"], 1, "{told}");
    assert_eq!(captured_and_refunded(&book, "R-1").await, ["100.00", "10.00"]);

    for (action, reference, code) in
        [("capture", "C-1", 4), ("refund", "c-1", 4), ("refund", "r-1", 4), ("refund", "r-2", 0)]
    {
        for more in [&["--dry-run"][..], &[]] {
            let asked = ["act", "R-1", action, "--amount", "5.00", "--reference", reference, "--note", "n", "--json"];
            let told = book.run(&[&asked[..], more].concat());
            assert_eq!(told.code, code, "{action} {reference} {more:?}: {told:?}");
        }
    }
    assert_eq!(captured_and_refunded(&book, "R-1").await, ["100.00", "15.00"]);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Money without a reference: said again within minutes it is the same, later it may be a second one.
#[tokio::test]
async fn money_without_a_reference_is_not_dropped() {
    let captured = |minute: u32| {
        let data = json!({"captured_amount": {"amount": "100", "currency": "SAR"}});
        said("N-1", &format!("2026-11-20T{}:{:02}:00Z", 10 + minute / 60, minute % 60), "order_captured", data)
    };
    let start =
        [opened("tamara", "N-1", json!({})), said("N-1", "2026-11-20T09:05:00Z", "order_authorised", json!([]))];
    let lines: Vec<Value> = start.into_iter().chain([0, 9, 0, 65].map(captured)).collect();
    let second =
        ("N-1", "contradictory", "merchant capture SAR 100.00 without a reference was said at 2026-11-20 10:00:00");
    let book = check(&lines, &[second]).await;
    assert_eq!(captured_and_refunded(&book, "N-1").await, ["100.00", "0.00"]);
    let applied = book.run(&["quarantine", "apply", "1", "--reading", "1", "--note", "two parcels"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(captured_and_refunded(&book, "N-1").await, ["200.00", "0.00"]);
}

/// A line with a wrong currency, corrected and sent again, is another line.
#[tokio::test]
async fn a_corrected_currency_is_no_repetition() {
    let captured = |currency: &str| {
        json!({"type": "moved", "provider": "tamara", "order": "N-2", "actor": "merchant", "action": "capture", "amount": "100.00",
            "currency": currency, "reference": "c-1", "at": "2026-11-20T10:00:00Z"})
    };
    let start =
        [opened("tamara", "N-2", json!({})), said("N-2", "2026-11-20T09:05:00Z", "order_authorised", json!([]))];
    let lines: Vec<Value> = start.into_iter().chain(["AED", "SAR", "SAR"].map(captured)).collect();
    let book = check(&lines, &[("N-2", "amount", "wrong currency")]).await;
    assert_eq!(captured_and_refunded(&book, "N-2").await, ["100.00", "0.00"]);
}
