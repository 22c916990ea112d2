//! What is told to others about stuck orders: a merchant with its table, and the next shift.

use serde_json::json;

use super::harness::book;
use super::plans::stuck;

#[tokio::test]
async fn a_merchant_is_written_in_its_language_and_zone() {
    let book = stuck(3).await;
    let listed = book.run(&["stuck", "--json"]).lines();
    let merchant = listed[0]["merchant"].as_str().unwrap().to_owned();
    let told = book.run(&["stuck", "message", &merchant, "--json"]).one();
    assert_eq!((&told["zone"], &told["language"], &told["orders"]), (&"Asia/Riyadh".into(), &"en".into(), &3.into()));
    let text = told["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("Dear {merchant},")) && text.contains("SAR") && text.contains("T-0"), "{text}");
    // Nothing of how the desk works is in it.
    assert!(!text.contains("quarantine") && !text.contains("webhook"), "{text}");
    let arabic = book.run(&["stuck", "message", &merchant, "--language", "ar"]).out;
    assert!(arabic.contains("لدى تمارا") && arabic.contains("T-0"), "{arabic}");
    let table = book.run(&["stuck", "message", &merchant, "--csv"]).out;
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!((rows.len(), rows[0]), (4, "shop_number,tamara_order,customer,amount,currency,expires_at,cause"));
    assert!(rows[1].contains("+03:00"), "{table}");
    assert_eq!(book.run(&["stuck", "message", "nobody"]).code, 1);
    assert_eq!(book.run(&["stuck", "message", &merchant, "--language", "fr"]).code, 2);
}

#[tokio::test]
async fn the_next_shift_is_told_what_is_open() {
    let book = stuck(2).await;
    book.policy(
        "",
        &[("[clocks.first_answer]", "[[on_call]]\nwho = \"Noura\"\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"]\nfrom = \"00:00\"\nto = \"24:00\"\n\n[clocks.first_answer]")],
    )
    .await;
    book.run(&["plan", "make", "T-0", "T-1", "--as", "ada"]);
    let why = book.run(&["stuck", "why", "T-0", "--json"]).one();
    let step = why["steps"][0]["step"].as_str().unwrap().to_owned();
    assert_eq!(book.run(&["stuck", "tick", "T-0", &step, "--as", "ada"]).code, 0);
    let shift = book.run(&["stuck", "hand-over", "--json"]).one();
    assert_eq!(shift["on_call"][0]["who"], "Noura");
    assert_eq!((&shift["plans"][0]["plan"], &shift["plans"][0]["by"]), (&1.into(), &"ada".into()));
    assert_eq!((&shift["ticked"][0]["step"], &shift["ticked"][0]["by"]), (&step.as_str().into(), &"ada".into()));
    let orders: i64 = shift["bands"].as_array().unwrap().iter().map(|band| band["orders"].as_i64().unwrap()).sum();
    assert_eq!(orders, 2);
    let next: Vec<&str> = shift["next"].as_array().unwrap().iter().map(|it| it["order"].as_str().unwrap()).collect();
    assert_eq!(next, ["T-0", "T-1"], "those with the least time left first");
    let money = json!([{"currency": "SAR", "amount": "600.00"}]);
    assert_eq!((&shift["next"][0]["currency"], &shift["bands"][0]["money"]), (&"SAR".into(), &money));
    assert_eq!((&shift["drift"], &shift["requests"], &shift["unconfirmed"]), (&json!([]), &json!([]), &json!(0)));
    let text = book.run(&["stuck", "hand-over"]).out;
    assert!(text.contains("On call: Noura until") && text.contains("plan 1"), "{text}");
    for part in ["Orders at Approved: 2", "The least time left:", "T-1  SAR", "Requests that have not ended: 0"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // What has ended is not handed over.
    book.run(&["plan", "withdraw", "1", "--as", "ada"]);
    book.run(&["stuck", "tick", "T-0", &step, "--undo", "--as", "ada"]);
    let shift = book.run(&["stuck", "hand-over", "--json"]).one();
    assert_eq!((shift["plans"].as_array().unwrap().len(), shift["ticked"].as_array().unwrap().len()), (0, 0));
}

#[tokio::test]
async fn the_cases_behind_a_line_of_the_report_are_listed() {
    use super::cases::{disputed, done};
    let book = book().await;
    for order in ["ATP-1", "ATP-2"] {
        disputed(&book, order, 100_000).await;
    }
    done(&book, "ada", &["case", "decide", "ATP-1", "--refund-buyer", "--reason", "damaged", "--rationale", "photos"]);
    let behind = |which: &str| -> Vec<String> {
        let told = book.run(&["report", "--cases", which, "--json"]);
        told.lines().iter().map(|it| it["order_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(behind("agent=ada"), ["atarapay:ATP-1"]);
    assert_eq!(behind("reason=damaged"), ["atarapay:ATP-1"]);
    assert_eq!(behind("merchant=m-7").len(), 2);
    assert_eq!(behind("agent=ben"), Vec::<String>::new());
    let report = book.run(&["report"]).out;
    let week = report.lines().skip_while(|line| !line.starts_with("Week")).nth(1).unwrap_or_default();
    assert!(report.contains("payouts 1   failed or came back 0 (0.0 %)"), "{report}");
    let last =
        report.lines().skip_while(|line| !line.starts_with("Week")).take_while(|line| !line.is_empty()).last().unwrap();
    assert_eq!(behind(&format!("week={}", &last[..10])).len(), 2, "{week}");
    assert_eq!(book.run(&["report", "--cases", "colour=red"]).code, 2);
}
