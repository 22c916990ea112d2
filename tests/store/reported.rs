//! Small inputs that failed elsewhere: what people reported about programs like this one, with what is right here.

use serde_json::{Value, json};

use super::harness::{Book, book};

/// An opened order of 300 riyals or naira, with these fields instead.
pub fn opened(provider: &str, order: &str, fields: Value) -> Value {
    let currency = if provider == "tamara" { "SAR" } else { "NGN" };
    let mut line = json!({"type": "opened", "provider": provider, "order": order, "at": "2026-11-20T09:00:00Z",
        "currency": currency, "amount": "300.00", "merchant": "m"});
    line.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    line
}

/// What Tamara says at this hour.
pub fn said(order: &str, at: &str, event: &str, data: Value) -> Value {
    json!({"type": "notification", "provider": "tamara", "at": at,
        "body": {"order_id": order, "event_type": event, "data": data}})
}

/// What AtaraPay says at this minute.
fn ataras(order: &str, minute: u32, status: &str, more: Value) -> Value {
    let mut data = json!({"id": order, "status": {"title": status}});
    data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"type": "notification", "provider": "atarapay", "at": format!("2026-11-20T10:{minute:02}:00Z"),
        "body": {"status": status, "data": data}})
}

/// Imports these lines into an empty book, and checks why some wait: the order, the code word and a part of the sentence.
pub async fn check(lines: &[Value], expect: &[(&str, &str, &str)]) -> Book {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    check_text(text.as_bytes(), expect).await
}

pub async fn check_text(text: &[u8], expect: &[(&str, &str, &str)]) -> Book {
    let book = book().await;
    let told = book.import(text);
    assert_eq!(told.code, 0, "{told:?}");
    let facts = book.run(&["quarantine", "--json"]).lines();
    let facts: Vec<(&str, &str, &str)> = facts
        .iter()
        .map(|fact| {
            let text = |name: &str| fact[name].as_str().unwrap_or("-");
            (text("order"), text("why"), text("message"))
        })
        .collect();
    assert_eq!(facts.len(), expect.len(), "{facts:#?}");
    for ((order, why, message), (its_order, its_why, part)) in facts.iter().zip(expect) {
        assert_eq!((order, why), (its_order, its_why), "{message}");
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
    book
}

#[tokio::test]
async fn a_fact_from_the_future_moves_nothing() {
    let lines = [
        opened("tamara", "F-1", json!({})),
        said("F-1", "2900-11-20T09:04:00Z", "order_approved", json!([])),
        said("F-1", "2026-11-20T09:10:00Z", "order_authorised", json!([])),
        opened("atarapay", "F-2", json!({"at": "2900-01-01T00:00:00Z"})),
        json!({"type": "moved", "provider": "atarapay", "order": "F-2", "actor": "courier", "action": "deliver",
            "at": "2900-01-02T00:00:00Z"}),
        json!({"type": "observed", "provider": "tamara", "order": "F-1", "at": "2900-01-01T00:00:00Z", "status": "captured"}),
    ];
    let later = "from the future: ";
    let expect = [("F-1", "future", later), ("F-2", "future", later), ("F-2", "future", later)];
    // An observation of a word that Tamara does not have cannot be read at all.
    let expect = [&expect[..], &[("F-1", "unknown", "status")]].concat();
    let book = check(&lines, &expect).await;
    let shown = book.run(&["show", "F-1", "--json"]).one();
    assert_eq!((&shown["status"], &shown["due_at"].is_null()), (&json!("authorised"), &false), "{shown}");
    let told = book.run(&["quarantine", "apply", "1", "--reading", "1", "--note", "n", "--json"]);
    assert_eq!((told.code, told.one()["why"].as_str()), (4, Some("time")), "{told:?}");
}

#[tokio::test]
async fn what_is_said_twice_is_not_guessed() {
    let text = r#"{"type":"opened","provider":"tamara","order":"D-1","at":"2026-11-20T09:00:00Z","currency":"SAR","amount":"100.00","amount":"900.00"}
{"type":"opened","provider":"tamara","order":"D-2","at":"2026-11-20T09:00:00Z","currency":"SAR","amount":"300.00"}
{"type":"notification","provider":"tamara","at":"2026-11-20T09:05:00Z","body":{"order_id":"D-2","order_id":"D-3","event_type":"order_approved"}}
{"type":"notification","provider":"atarapay","at":"2026-11-20T09:05:00Z","body":{"status":"Delivered","data":"{\"id\":\"D-4\",\"id\":\"D-5\"}"}}
{"type":"notification","provider":"atarapay","at":"2026-11-20T09:05:00Z","body":"status=Delivered&status=Accepted&data={}"}
"#;
    let expect = [
        ("D-1", "unreadable", "amount is said twice"),
        ("-", "unreadable", "order_id is said twice"),
        ("-", "unreadable", "id is said twice"),
        ("-", "unreadable", "status is said twice"),
    ];
    let book = check_text(text.as_bytes(), &expect).await;
    let told = book.run(&["quarantine", "--order", "D-1", "--json"]);
    assert_eq!((told.code, told.lines().len()), (0, 1), "{told:?}");
}

#[tokio::test]
async fn ataras_amount_and_currency_are_compared() {
    // They may stand outside of the data, too.
    let outside = |minute: u32, fields: Value| {
        let mut line = ataras("H-1", minute, "Complete", json!({}));
        line["body"].as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        line
    };
    let lines = [
        opened("atarapay", "H-1", json!({})),
        ataras("H-1", 1, "Delivered", json!({"amount_payed": "30000", "currency": "NGN"})),
        ataras("H-1", 2, "Accepted", json!({"amount_payed": 999})),
        ataras("H-1", 3, "Complete", json!({"currency": "USD", "amount_payed": "30000"})),
        ataras("H-1", 4, "Complete", json!({"amount_payed": "12.5"})),
        outside(5, json!({"currency": "USD"})),
        outside(6, json!({"amount_payed": 30000, "data": {"id": "H-1", "amount_payed": 1}})),
    ];
    let expect = [
        ("H-1", "amount", "wrong currency: the order is in NGN"),
        ("H-1", "unreadable", "not a whole number of minor units"),
        ("H-1", "amount", "wrong currency: the order is in NGN"),
        ("H-1", "unreadable", "amount_payed is said twice"),
    ];
    let book = check(&lines, &expect).await;
    let shown = book.run(&["show", "H-1", "--json"]).one();
    assert_eq!(shown["status"], "accepted", "{shown}");
    let accepted = shown["log"].as_array().or(shown["timeline"].as_array()).unwrap().last().unwrap().clone();
    assert_eq!(accepted["contradictory"], true, "{accepted}");
    assert_eq!(accepted["note"], "it says NGN 9.99, the order holds NGN 300.00", "{accepted}");
}

#[tokio::test]
async fn ids_that_look_the_same_are_the_same() {
    let ids = ["A1 ", " A1", "   ", "A\u{200d}1", "A\u{202e}1", "A\u{a0}1", "A\u{2060}1", "A\u{ad}1", "A\u{3000}1"];
    let lines: Vec<Value> = ids.iter().map(|id| opened("tamara", id, json!({}))).collect();
    let lines = [&[opened("tamara", "A1", json!({})), opened("tamara", "A 1", json!({}))], lines.as_slice()].concat();
    check(&lines, &vec![("-", "unreadable", "an order id cannot"); ids.len()]).await;
}

#[tokio::test]
async fn a_name_with_its_provider_is_exact() {
    let lines = [
        opened("tamara", "A1", json!({})),
        opened("atarapay", "A1", json!({})),
        opened("tamara", "tamara:A1", json!({})),
    ];
    let book = check(&lines, &[]).await;
    assert_eq!(book.run(&["show", "A1"]).code, 2);
    for (name, id) in [("tamara:A1", "A1"), ("atarapay:A1", "A1"), ("tamara:tamara:A1", "tamara:A1")] {
        assert_eq!(book.run(&["show", name, "--json"]).one()["order"], id, "{name}");
    }
}

#[tokio::test]
async fn amounts_and_times_are_read_in_all_their_spellings() {
    let at = |order: &str, at: &str| opened("tamara", order, json!({ "at": at }));
    let lines = [
        opened("tamara", "Z-1", json!({"amount": "100.0000"})),
        opened("tamara", "Z-2", json!({"amount": "12.34500", "currency": "KWD"})),
        opened("tamara", "Z-3", json!({"amount": "100.0010"})),
        at("T-1", "2026-11-20T09:00:00+0300"),
        at("T-2", "2026-11-20T09:00:00+03"),
        at("T-3", "2026-11-20T09:00:00"),
        at("T-4", "1763629200000"),
        at("T-5", "1763629200"),
        at("T-6", "yesterday"),
    ];
    let expect = [
        ("Z-3", "unreadable", "SAR has at most 2 decimals"),
        ("T-3", "unreadable", "has no zone: write it like 2026-11-20T09:00:00Z"),
        ("T-4", "unreadable", "looks like milliseconds since 1970"),
        ("T-5", "unreadable", "looks like seconds since 1970"),
        ("T-6", "unreadable", "is not a time"),
    ];
    let book = check(&lines, &expect).await;
    for order in ["T-1", "T-2"] {
        assert_eq!(book.run(&["show", order, "--json"]).one()["opened_at"], "2026-11-20T06:00:00Z", "{order}");
    }
}

#[tokio::test]
async fn queries_read_commas_as_thousands_only() {
    let book =
        check(&[opened("tamara", "Q-1", json!({})), opened("tamara", "Q-2", json!({"amount": "4500"}))], &[]).await;
    let wrong = book.run(&["orders", "--where", "amount<100,50"]);
    assert!(wrong.code == 2 && wrong.err.contains("groups of three digits"), "{wrong:?}");
    for text in ["amount>1,000", "amount>1k", "amount>١٠٠٠", "amount>SAR1000", "amount:4,500.00", "amount=4500.0000"]
    {
        let found = book.run(&["orders", "--where", text, "--json"]).lines();
        assert_eq!(found.iter().map(|line| &line["order"]).collect::<Vec<_>>(), ["Q-2"], "{text}");
    }
}

#[tokio::test]
async fn one_part_leaves_the_other_the_rest() {
    let moved = |minute: u32, action: &str, actor: &str| {
        json!({"type": "moved", "provider": "atarapay", "order": "S-1", "actor": actor, "action": action,
            "at": format!("2026-11-20T10:{minute:02}:00Z")})
    };
    for (flags, seller, buyer) in
        [(["--to-seller", "60%"], "180.00", "120.00"), (["--to-buyer", "NGN 100.00"], "200.00", "100.00")]
    {
        let lines = [
            opened("atarapay", "S-1", json!({})),
            moved(1, "deliver", "courier"),
            moved(2, "reject", "buyer"),
            moved(3, "report_bad_condition", "seller"),
            moved(4, "raise_dispute", "seller"),
        ];
        let book = check(&lines, &[]).await;
        let decide = ["case", "decide", "S-1", "--reason", "other", "--rationale", "x", "--json"];
        let over = book.run(&[&decide[..], &[flags[0], "301"]].concat());
        assert_eq!(over.code, 4, "{over:?}");
        assert_eq!(book.run(&[&decide[..], &flags].concat()).code, 0);
        let amounts = book.run(&["show", "S-1", "--json"]).one()["amounts"].clone();
        assert_eq!((&amounts["to_seller"], &amounts["to_buyer"]), (&json!(seller), &json!(buyer)));
    }
}

/// The numbers of a notification are the order's, and found everywhere an order is named.
#[tokio::test]
async fn the_merchants_number_is_kept_and_found() {
    let notice = |order: &str, minute: u32, event: &str| {
        json!({"type": "notification", "provider": "tamara", "at": format!("2026-11-27T09:{minute:02}:00Z"),
            "body": {"order_id": order, "event_type": event, "data": [], "order_reference_id": "100045", "order_number": format!("W-{order}")}})
    };
    // The second notification comes before its order.
    let lines = [
        opened("tamara", "aa-01", json!({})),
        notice("aa-01", 5, "order_approved"),
        notice("bb-02", 5, "order_approved"),
        opened("tamara", "bb-02", json!({})),
        opened("tamara", "cc-03", json!({})),
    ];
    let book = check(&lines, &[]).await;
    let found = |query: &str| -> Vec<String> {
        let lines = book.run(&["orders", "--where", query, "--json"]).lines();
        let mut found: Vec<String> = lines.iter().map(|line| line["order"].as_str().unwrap().to_owned()).collect();
        found.sort();
        found
    };
    assert_eq!(found("100045"), ["aa-01", "bb-02"]);
    assert_eq!(found("order:w-bb"), ["bb-02"]);
    assert_eq!(book.run(&["show", "W-aa-01", "--json"]).one()["numbers"], json!(["100045", "W-aa-01"]));
    assert!(book.run(&["show", "w-AA-01"]).out.contains("100045, W-aa-01"));
    let both = book.run(&["show", "100045"]);
    assert!(both.code == 2 && both.err.contains("tamara:aa-01 or tamara:bb-02"), "{both:?}");
    let exported = book.run(&["export"]).out;
    assert!(exported.contains("100045, W-aa-01"), "{exported}");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Names are found however they are spelt, and phone numbers by any piece of them.
#[tokio::test]
async fn names_and_phones_are_found_however_they_are_written() {
    let named = |order: &str, buyer: &str| opened("tamara", order, json!({ "buyer": buyer }));
    let book = check(
        &[
            named("N-1", "Adébáyọ̀ Ọlá"),
            named("N-2", "أحمد مصطفى"),
            named("N-3", "Sara 0551234567"),
            named("N-4", "Noura +966 55 987 6543"),
            named("N-5", "Tunde +234 803 123 4567"),
        ],
        &[],
    )
    .await;
    for (query, expect) in [
        ("adebayo", "N-1"),
        ("buyer:ola", "N-1"),
        ("ADÉBAYO", "N-1"),
        ("احمد", "N-2"),
        ("مصطفي", "N-2"),
        ("buyer:0551234567", "N-3"),
        ("+966 55 123", "N-3"),
        ("\"+966 551234567\"", "N-3"),
        ("234567", "N-3 N-5"),
        ("00966559", "N-4"),
        ("0559876543", "N-4"),
        ("876543", "N-4"),
        ("08031234567", "N-5"),
        ("buyer:\"+234 803\"", "N-5"),
    ] {
        let lines = book.run(&["orders", "--where", query, "--json"]).lines();
        let mut found: Vec<&str> = lines.iter().map(|line| line["order"].as_str().unwrap()).collect();
        found.sort_unstable();
        let expect: Vec<&str> = expect.split(' ').collect();
        assert_eq!(found, expect, "{query}");
    }
}

/// A refund names its capture. A capture that is not known here, or was smaller, is said; the refund stands.
#[tokio::test]
async fn a_refund_says_which_capture_it_gives_back() {
    let event = |minute: u32, event: &str, data: Value| {
        json!({"type": "notification", "provider": "tamara", "at": format!("2026-11-27T10:{minute:02}:00Z"),
            "body": {"order_id": "RC-1", "event_type": event, "data": data}})
    };
    let money = |amount: u32| json!({"amount": amount, "currency": "SAR"});
    let captured = |minute, id, amount| {
        event(minute, "order_captured", json!({"capture_id": id, "captured_amount": money(amount)}))
    };
    let refunded = |minute, id, capture, amount| {
        event(
            minute,
            "order_refunded",
            json!({"refund_id": id, "capture_id": capture, "refunded_amount": money(amount)}),
        )
    };
    let lines = [
        opened("tamara", "RC-1", json!({})),
        event(1, "order_approved", json!([])),
        event(2, "order_authorised", json!([])),
        captured(3, "c-1", 100),
        captured(4, "c-2", 200),
        refunded(5, "r-1", "c-9", 20),
        refunded(6, "r-2", "c-1", 60),
        refunded(7, "r-3", "c-1", 60),
    ];
    let book = check(&lines, &[]).await;
    let shown = book.run(&["show", "RC-1", "--json"]).one();
    let doubts: Vec<&Value> = shown["timeline"].as_array().unwrap().iter().map(|entry| &entry["doubt"]).collect();
    assert_eq!(doubts[5..], [&json!("unknown_capture"), &Value::Null, &json!("more_than_capture")]);
    assert_eq!(shown["timeline"][5]["of_capture"], "c-9");
    let text = book.run(&["show", "RC-1"]).out;
    assert!(
        text.contains("of capture c-9 · of a capture not known here") && text.contains("more than that capture"),
        "{text}"
    );
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// The same names have the same types in every format, and a spreadsheet keeps ids as texts.
#[tokio::test]
async fn exports_keep_ids_and_types() {
    let lines = [
        opened("tamara", "0012", json!({"buyer": "سارة"})),
        opened("tamara", "12345678901234567890", json!({})),
        opened("tamara", "3E5", json!({})),
    ];
    let book = check(&lines, &[]).await;
    let (exported, listed) =
        (book.run(&["export", "--format", "jsonl"]).lines(), book.run(&["orders", "--json"]).lines());
    assert_eq!(exported.len(), 3);
    for (exported, listed) in exported.iter().zip(&listed) {
        let (exported, listed) = (exported.as_object().unwrap(), listed.as_object().unwrap());
        let shared: Vec<&String> = exported.keys().filter(|name| listed.contains_key(*name)).collect();
        assert!(shared.len() >= 10, "{shared:?}");
        for name in shared {
            assert_eq!(exported[name], listed[name], "{name}");
        }
    }
    assert!(exported[0]["version"].is_number() && exported[0]["payouts"].is_array() && exported[0]["flags"].is_array());

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.xlsx");
    let told = book.run(&["export", "--format", "xlsx", "--to", file.to_str().unwrap()]);
    assert_eq!((told.code, told.out.as_str()), (0, ""), "{told:?}");
    let mut sheets: calamine::Xlsx<_> = calamine::open_workbook(&file).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut sheets, "Sheet1").unwrap();
    let cell = |row: u32, column: &str| {
        let place = (0..36)
            .find(|at| *sheet.get_value((0, *at)).unwrap() == calamine::Data::String(column.to_owned()))
            .unwrap();
        sheet.get_value((row, place)).cloned().unwrap_or_default()
    };
    let ids: Vec<calamine::Data> = (1..4).map(|row| cell(row, "order")).collect();
    let text = |text: &str| calamine::Data::String(text.to_owned());
    let mut expect = [text("0012"), text("12345678901234567890"), text("3E5")];
    expect.sort_by_key(ToString::to_string);
    let mut ids = ids;
    ids.sort_by_key(ToString::to_string);
    assert_eq!(ids, expect);
    assert_eq!((cell(1, "amount"), cell(1, "version")), (calamine::Data::Float(300.0), calamine::Data::Float(1.0)));
    let bare = book.command(&["export", "--format", "xlsx"]).output().unwrap();
    assert!(bare.status.success() && bare.stdout.starts_with(b"PK"));
}

/// East is positive in the desk's hours and on the screen, and what is ambiguous is refused.
#[tokio::test]
async fn zones_mean_the_same_everywhere() {
    let moved = |second: u32, actor: &str, action: &str| {
        json!({"type": "moved", "provider": "atarapay", "order": "H-1", "actor": actor, "action": action,
            "at": format!("2026-11-23T04:59:{second:02}Z")})
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.toml");
    for zone in ["+03:00", "Asia/Riyadh"] {
        let book = book().await;
        let policy = book.run(&["policy"]).out;
        let line = policy.lines().find(|line| line.starts_with("zone = ")).unwrap().to_owned();
        let with = |zone: &str| std::fs::write(&file, policy.replace(&line, &format!("zone = {zone:?}"))).unwrap();
        for wrong in ["UTC+3", "AST", "EST", "+3", "Etc/GMT-3", "Mars/Phobos"] {
            with(wrong);
            let told = book.run(&["policy", "--set", file.to_str().unwrap()]);
            assert!(told.code == 2 && told.err.contains("like Asia/Riyadh"), "{wrong}: {told:?}");
        }
        with(zone);
        assert_eq!(book.run(&["policy", "--set", file.to_str().unwrap()]).code, 0);
        let mut lines = vec![
            json!({"type": "opened", "provider": "atarapay", "order": "H-1", "at": "2026-11-23T04:58:20Z", "currency": "NGN",
                "amount": "10.00", "merchant": "m"}),
            moved(58, "courier", "deliver"),
            moved(59, "buyer", "reject"),
        ];
        lines.push(json!({"type": "moved", "provider": "atarapay", "order": "H-1", "actor": "seller", "at": "2026-11-23T05:00:00Z",
            "action": "report_bad_condition"}));
        let text: Vec<String> = lines.iter().map(Value::to_string).collect();
        assert_eq!(book.import(text.join("\n").as_bytes()).code, 0);
        assert_eq!(book.run(&["case", "show", "H-1", "--json"]).one()["due_at"], "2026-11-23T09:00:00Z", "{zone}");
        let text = book.run(&["case", "show", "H-1"]).out;
        assert!(text.contains("2026-11-23 12:00:00 +03:00"), "the desk's own zone: {text}");
        let text = book.run(&["show", "H-1", "--zone", "Africa/Lagos"]).out;
        assert!(text.contains("2026-11-23 06:00:00 +01:00"), "{text}");
        assert!(book.run(&["show", "H-1"]).out.contains("2026-11-23 05:00:00 UTC"));
        assert!(book.run(&["report"]).out.lines().next().unwrap().ends_with(zone));
        let late = book.run(&["report", "--from", "2026-11-23", "--to", "2026-11-24", "--json"]).one();
        assert_eq!(late["from"], "2026-11-22T21:00:00Z", "a day starts at the desk's midnight");
    }
    assert_eq!(book().await.run(&["board", "--zone", "UTC+3"]).code, 2);
}

/// An approval that is dated a little ahead of our clock is in every list, like one of now.
#[tokio::test]
async fn a_time_ahead_hides_nothing() {
    let book = book().await;
    let now = chrono::Utc::now();
    let early = opened("tamara", "Z-3", json!({"at": now - chrono::TimeDelta::hours(1)}));
    let ahead = said("Z-3", &(now + chrono::TimeDelta::minutes(8)).to_rfc3339(), "order_approved", json!([]));
    assert_eq!(book.import(format!("{early}\n{ahead}\n").as_bytes()).code, 0);
    for words in [&["stuck"][..], &["orders", "--status", "approved"]] {
        let out = book.run(words).out;
        assert!(out.contains("Z-3") && out.contains("now"), "{words:?}: {out}");
    }
    let stuck = book.run(&["stuck", "--json"]).one();
    assert_eq!((&stuck["order"], &stuck["age_seconds"]), (&json!("Z-3"), &json!(0)));
    let grid = book.run(&["stuck", "grid", "--json"]).lines();
    assert_eq!(grid[0]["orders"], 1, "{grid:?}");
    let before = (now - chrono::TimeDelta::minutes(5)).to_rfc3339();
    assert_eq!(book.run(&["stuck", "--at", &before, "--json"]).out, "", "five minutes ago it was not approved");
}
