//! Single facts about one order, and how each is counted. A test gives the order's history, then the fact in question.

use serde_json::{Value, json};

use super::harness::{Book, book};

/// Lines to import about orders of 300.00. An id with a leading T is Tamara's, any other AtaraPay's.
struct Life<'a> {
    book: &'a Book,
    lines: String,
}

impl<'a> Life<'a> {
    fn of(book: &'a Book) -> Self {
        Self { book, lines: String::new() }
    }

    fn line(mut self, line: &Value) -> Self {
        self.lines.push_str(&format!("{line}\n"));
        self
    }

    fn opened(self, order: &str) -> Self {
        let (provider, currency) = provider(order);
        self.line(&json!({"type": "opened", "provider": provider, "order": order, "at": at(0), "currency": currency,
            "amount": "300.00"}))
    }

    /// `action actor [amount]`, at this hour.
    fn moved(self, order: &str, hour: u32, words: &str) -> Self {
        let mut words = words.split(' ');
        let (action, actor, amount) = (words.next(), words.next(), words.next());
        let mut line = json!({"type": "moved", "provider": provider(order).0, "order": order, "at": at(hour),
            "action": action, "actor": actor});
        if let Some(amount) = amount {
            line["amount"] = amount.into();
        }
        self.line(&line)
    }

    /// AtaraPay's notification, with its outer and inner status.
    fn said(self, order: &str, hour: u32, outer: &str, inner: &str) -> Self {
        let mut data = json!({"id": order});
        if !inner.is_empty() {
            data["status"] = json!({"title": inner});
        }
        self.line(&json!({"type": "notification", "provider": "atarapay", "at": at(hour),
            "body": {"status": outer, "data": data}}))
    }

    fn captured(self, order: &str, hour: u32, amount: &str, currency: &str, id: &str) -> Self {
        self.line(&json!({"type": "notification", "provider": "tamara", "at": at(hour), "body": {"order_id": order,
            "event_type": "order_captured",
            "data": {"capture_id": id, "captured_amount": {"amount": amount, "currency": currency}}}}))
    }

    /// Imports the lines so far, checks how many are applied, repeated and quarantined, and clears them.
    fn comes_to(self, applied: u64, repeated: u64, quarantined: u64) -> Self {
        let told = self.book.import(self.lines.as_bytes()).one();
        let seen = (&told["applied"], &told["repeated"], &told["quarantined"]);
        assert_eq!(seen, (&json!(applied), &json!(repeated), &json!(quarantined)), "{}", self.lines);
        Self { lines: String::new(), ..self }
    }

    fn held(self, why: &str, words: &str) -> Self {
        let facts = self.book.run(&["quarantine", "--json"]).lines();
        let last = facts.last().unwrap();
        assert_eq!(last["why"], why, "{last}");
        assert!(last["message"].as_str().unwrap().contains(words), "{last}");
        self
    }
}

fn provider(order: &str) -> (&'static str, &'static str) {
    if order.starts_with('T') { ("tamara", "SAR") } else { ("atarapay", "NGN") }
}

fn at(hour: u32) -> String {
    format!("2026-10-01T{hour:02}:00:00Z")
}

/// The provider's report of the same amount confirms our own capture, whatever reference ours has.
#[tokio::test]
async fn a_reference_of_ours_does_not_make_a_second_capture() {
    let book = book().await;
    let life = Life::of(&book).opened("T1").moved("T1", 1, "approve provider").moved("T1", 2, "authorise merchant");
    let mut own = json!({"type": "moved", "provider": "tamara", "order": "T1", "at": at(3), "action": "capture",
        "actor": "merchant", "amount": "100.00"});
    own["reference"] = "shipment-9".into();
    let life = life.line(&own).comes_to(4, 0, 0);
    let life = life.captured("T1", 5, "100.00", "SAR", "c-1").comes_to(0, 1, 0);
    // The same report again, then another capture of the same amount.
    let life = life.captured("T1", 6, "100", "SAR", "c-1").comes_to(0, 1, 0);
    life.captured("T1", 7, "100.00", "SAR", "c-2").comes_to(1, 0, 0);
    assert_eq!(book.run(&["show", "T1", "--json"]).one()["amounts"]["captured"], "200.00");
}

/// A fact stays the same fact, however its amount and time are written.
#[tokio::test]
async fn spelling_does_not_make_another_fact() {
    let book = book().await;
    let life = Life::of(&book).opened("T1").moved("T1", 1, "approve provider").moved("T1", 2, "authorise merchant");
    let life = life.moved("T1", 3, "capture merchant 10.00").comes_to(4, 0, 0);
    let fact = |amount: Value, at: &str| {
        json!({"type": "moved", "provider": "tamara", "order": "T1", "at": at, "action": "capture", "actor": "merchant",
            "amount": amount})
    };
    let life = life.line(&fact(json!(10), &at(3))).comes_to(0, 1, 0);
    let life = life.line(&fact(json!("10.0"), "2026-10-01T08:30:00+05:30")).comes_to(0, 1, 0);
    // Empty, default and unknown fields make no difference either.
    let mut life = life;
    for (name, value) in [
        ("note", json!(null)),
        ("note", json!(" ")),
        ("reference", json!("")),
        ("extra", json!(1)),
        ("currency", json!("SAR")),
    ] {
        let mut related = fact(json!("10.00"), &at(3));
        related[name] = value;
        life = life.line(&related).comes_to(0, 1, 0);
    }
    let mut other = fact(json!("10.00"), &at(3));
    other["reference"] = "c-2".into();
    life.line(&fact(json!("10.00"), &at(4))).line(&other).comes_to(2, 0, 0);
}

/// A contradictory fact is applied only if exactly one reading is lawful now. It never counts as already true.
#[tokio::test]
async fn a_contradiction_with_no_lawful_reading_waits() {
    let book = book().await;
    let cases: [(&[&str], &str, &str); 5] = [
        (&["deliver courier"], "Delivered", "Canceled"),
        (&["deliver courier", "reject buyer", "report_bad_condition seller"], "Rejected", "Canceled"),
        (&["deliver courier", "reject buyer"], "Accepted", "Rejected"),
        (&["deliver courier", "accept buyer"], "Delivered", "Canceled"),
        (&["deliver courier", "accept buyer", "complete provider"], "Complete", "Refunded"),
    ];
    for (number, (life, outer, inner)) in cases.into_iter().enumerate() {
        let order = format!("A{number}");
        let mut it = Life::of(&book).opened(&order);
        for (hour, words) in life.iter().enumerate() {
            it = it.moved(&order, hour as u32 + 1, words);
        }
        it.comes_to(1 + life.len() as u64, 0, 0)
            .said(&order, 9, outer, inner)
            .comes_to(0, 0, 1)
            .held("contradictory", "");
    }
    // The provider sends a buyer's cancellation like this; it can come twice in a row.
    let it = Life::of(&book).opened("B1").moved("B1", 1, "deliver courier").comes_to(2, 0, 0);
    let it = it.said("B1", 2, "Rejected", "Canceled").comes_to(1, 0, 0);
    it.said("B1", 3, "Rejected", "Canceled").comes_to(0, 1, 0);
}

/// A late report confirms the transitions up to its own time, not later ones.
#[tokio::test]
async fn a_late_word_confirms_its_own_time() {
    let book = book().await;
    let life = Life::of(&book).opened("A1").moved("A1", 1, "deliver courier").moved("A1", 2, "reject buyer");
    let life = life.moved("A1", 3, "agree_second_delivery seller").moved("A1", 4, "deliver courier").comes_to(5, 0, 0);
    life.said("A1", 1, "Delivered", "").comes_to(0, 1, 0);
    let shown = book.run(&["show", "A1", "--json"]).one();
    let confirmed: Vec<&Value> =
        shown["timeline"].as_array().unwrap().iter().map(|entry| &entry["confirmed"]).collect();
    assert_eq!(confirmed[1..], [&json!(true), &json!(false), &json!(false), &json!(false)]);
}

/// A quarantined fact shows its current reason, and is applied as soon as its order allows it.
#[tokio::test]
async fn what_waits_for_its_order_gets_its_true_reason() {
    let book = book().await;
    let life = Life::of(&book).moved("T1", 5, "capture merchant 10.00").comes_to(0, 0, 1).held("unknown_order", "T1");
    let life = life.opened("T1").comes_to(1, 0, 0).held("not_yet", "approve");
    let life = life.moved("T1", 3, "approve provider").moved("T1", 4, "authorise merchant").comes_to(2, 0, 0);
    assert!(book.run(&["quarantine", "--json"]).lines().is_empty());
    life.captured("T1", 6, "5", "AED", "c-1").comes_to(0, 0, 1).held("amount", "the order is in SAR");
}

/// No line stops the others: neither one that only the database refuses, nor sums larger than any order.
#[tokio::test]
async fn nothing_stops_an_import() {
    let book = book().await;
    let huge = json!({"type": "opened", "provider": "tamara", "order": "T8", "at": at(0), "currency": "SAR",
        "amount": "92233720368547758.07"});
    let mut more = huge.clone();
    more["order"] = "T9".into();
    Life::of(&book).line(&huge).opened("T1").line(&more).comes_to(3, 0, 0);
    let board = book.run(&["board", "--json"]).lines();
    let new = board.iter().find(|line| line["status"] == "new").unwrap();
    assert_eq!(new["amounts"][0]["amount"], "184467440737095816.14");
    // A leap second counts as the second after it.
    let leap = json!({"type": "opened", "provider": "tamara", "order": "T2", "at": "2026-10-01T23:59:60Z",
        "currency": "SAR", "amount": "1"});
    Life::of(&book).line(&leap).comes_to(1, 0, 0);
    // A constraint that the program does not know: an example of an unforeseen refusal.
    let mut psql = book.psql().await;
    let sql = "alter table transition add constraint nobody_is_called_t5 check (order_id <> 'tamara:T5')";
    sqlx::raw_sql(sql).execute(&mut psql).await.unwrap();
    let life = Life::of(&book).opened("T3").opened("T4").opened("T5").opened("T6").opened("T7");
    life.comes_to(4, 0, 1).held("refused", "nobody is called t5");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn strict_remembers_what_still_waits() {
    let book = book().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("waits.ndjson").display().to_string();
    std::fs::write(&file, "not json\n").unwrap();
    let strict = || book.run(&["import", &file, "--strict", "--json"]);
    assert_eq!((strict().code, strict().code), (1, 1));
    let id = book.run(&["quarantine", "--json"]).one()["id"].to_string();
    book.run(&["quarantine", "dismiss", &id, "--note", "a test"]);
    assert_eq!(strict().code, 0);
}
