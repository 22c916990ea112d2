//! What a fifth attacker made happen in psql before it was refused: facts that may mean two things, released as both or as half; money in
//! another currency; one report that confirms two moves; references with signs that nobody sees.

use sqlx::AssertSqlSafe;

use super::harness::Book;
use super::harness::raw::{moved, past_guards};
use super::logins::{peopled, tries};

/// Two captures that a report may mean, and what it says without being sure.
const EITHER: &str = r#"[{"action": "capture", "actor": "merchant", "amount": "1.00", "currency": "SAR"},
    {"action": "capture", "actor": "merchant", "amount": "2.00", "currency": "SAR"}]"#;
const OTHER_CURRENCY: &str = r#"[{"action": "capture", "actor": "merchant", "amount": "1.00", "currency": "AED"}]"#;
const ONE: &str = r#"[{"action": "capture", "actor": "merchant", "amount": "1.00", "currency": "SAR"}]"#;

/// A report about T-2 that waits in quarantine, with these readings.
async fn waits(book: &Book, key: &str, readings: &str) -> i64 {
    let sql = past_guards(&format!(
        "insert into fact (key, outcome) values ('{key}', 'quarantined');
        insert into quarantine (id, key, order_id, provider, happened_at, raw, why, message, readings)
            select nextval('quarantine_id_seq'), '{key}', 'tamara:T-2', 'tamara', date_trunc('second', clock_timestamp()), '{{}}', 'ambiguous', 'm', '{readings}'"
    ));
    let mut owner = book.psql().await;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
    sqlx::query_scalar("select max(id) from recourse.quarantine").fetch_one(&mut owner).await.unwrap()
}

/// What someone settles a report as.
fn settled(id: i64, state: &str) -> String {
    format!("select quarantine_settled({id}, '{state}', 'x', session_user); ")
}

/// A capture in T-2 of so many halalas, at the time of this report.
fn capture(id: i64, amount: &str) -> String {
    let at = format!("(select happened_at from quarantine where id = {id})");
    let total = format!("o.captured + {amount}");
    let columns = [
        ("source", "'notification'"),
        ("recorder", "session_user"),
        ("happened_at", at.as_str()),
        ("amount", amount),
        ("captured", total.as_str()),
    ];
    moved("tamara:T-2", "capture", "merchant", "partially_captured", &columns) + "; "
}

#[tokio::test]
async fn a_report_is_one_move_whichever_of_its_readings_is_chosen() {
    let book = peopled().await;
    let [first, second] = [waits(&book, "a", EITHER).await, waits(&book, "b", EITHER).await];
    let other = waits(&book, "c", OTHER_CURRENCY).await;
    let (one, two) = (settled(first, "applied"), settled(second, "applied"));
    for (what, sql, refused) in [
        ("the first reading", one.clone() + &capture(first, "100"), None),
        ("the second reading", one.clone() + &capture(first, "200"), None),
        ("both readings", one.clone() + &capture(first, "100") + &capture(first, "200"), Some("login_is_intake")),
        ("two reports, one move", one.clone() + &two + &capture(first, "100"), Some("quarantine_one_at_a_time")),
        ("another currency", settled(other, "applied") + &capture(other, "100"), Some("login_is_intake")),
        ("repeated, and never said", settled(first, "repeated"), Some("quarantine_applied_recorded")),
    ] {
        assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), refused, "{what}");
    }
}

#[tokio::test]
async fn a_report_confirms_one_move() {
    let book = peopled().await;
    let said = waits(&book, "a", ONE).await;
    let done = |amount: &str| {
        let total = format!("o.captured + {amount}");
        let columns = [
            ("source", "'console'"),
            ("recorder", "session_user"),
            ("happened_at", "clock_timestamp()"),
            ("amount", amount),
            ("captured", total.as_str()),
        ];
        moved("tamara:T-2", "capture", "merchant", "partially_captured", &columns) + "; "
    };
    let both = done("100") + &done("100") + &settled(said, "repeated");
    let confirms = |seqs: &str| {
        format!(
            "insert into confirmation (order_id, seq, happened_at, recorder) select 'tamara:T-2', s, q.happened_at, session_user
            from quarantine q, unnest(array[{seqs}]) s where q.id = {said}; "
        )
    };
    for (what, sql, refused) in [
        ("one", both.clone() + &confirms("4"), None),
        ("two", both.clone() + &confirms("4, 5"), Some("login_is_intake")),
        ("one after the other", both.clone() + &confirms("4") + &confirms("5"), Some("login_is_intake")),
        ("other money", done("200") + &settled(said, "repeated") + &confirms("4"), Some("login_is_intake")),
    ] {
        assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), refused, "{what}");
    }
}

#[tokio::test]
async fn a_reference_hides_no_sign() {
    let book = peopled().await;
    for (reference, refused) in [
        ("C 17", None),
        (r"C17\t", Some("transition_reference_printable")),
        (r"C17\u200b", Some("transition_reference_printable")),
        (r"C\u202e17", Some("transition_reference_printable")),
    ] {
        let reference = format!("E'{reference}'");
        let columns = [
            ("source", "'console'"),
            ("recorder", "session_user"),
            ("happened_at", "clock_timestamp()"),
            ("amount", "100"),
            ("captured", "100"),
            ("reference", reference.as_str()),
        ];
        let sql = moved("tamara:T-2", "capture", "merchant", "partially_captured", &columns);
        assert_eq!(tries(&book, "h_ops", &sql).await.as_deref(), refused, "{reference}");
    }
}
