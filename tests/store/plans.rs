//! Plans: fixed when made, approved by a second person, run row by row, killed and continued; every order runs once.

use std::fmt::Write as _;
use std::time::Duration;

use recourse::intake::import;
use recourse::store::plans;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use super::harness::{Book, Told, book};

/// A book with this many orders at Approved, and one at New.
pub async fn stuck(orders: usize) -> Book {
    let book = book().await;
    let mut lines = String::new();
    let opened = chrono::Utc::now() - chrono::TimeDelta::hours(30);
    for number in 0..orders {
        let line = |kind: &str, more: Value| {
            let mut line = json!({"type": kind, "provider": "tamara", "order": format!("T-{number}")});
            line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            line
        };
        writeln!(
            lines,
            "{}",
            line("opened", json!({"at": opened, "currency": "SAR", "amount": "300.00", "merchant": "m-7"}))
        )
        .unwrap();
        writeln!(lines, "{}", line("moved", json!({"at": opened, "action": "approve", "actor": "provider"}))).unwrap();
    }
    let new = json!({"type": "opened", "provider": "tamara", "order": "T-new", "at": chrono::Utc::now(), "currency": "KWD", "amount": "12.345"});
    writeln!(lines, "{new}").unwrap();
    import::import(&book.store, lines.as_bytes(), |_, _| {}).await.unwrap();
    book
}

fn last(told: &Told) -> Value {
    told.lines().pop().unwrap_or_else(|| panic!("{told:?}"))
}

async fn count(book: &Book, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {sql}"))).fetch_one(&book.store.pool).await.unwrap()
}

#[tokio::test]
async fn a_plan_shows_what_it_does_and_does_it() {
    let book = stuck(4).await;
    let rows = ["T-0", "T-1=capture:100.00", "T-2=cancel", "T-3=cancel:300.01", "T-new"];
    let dry = book.run(&[&["plan", "make", "--json", "--dry-run"], rows.as_slice()].concat());
    assert_eq!(dry.code, 0, "{dry:?}");
    let row = |order: &str| dry.lines().into_iter().find(|line| line["order"] == order).unwrap();
    assert_eq!(row("T-0")["steps"], json!(["authorised"]));
    assert_eq!(row("T-1")["steps"], json!(["authorised", "partially_captured"]));
    assert_eq!(row("T-2")["steps"], json!(["authorised", "canceled"]));
    assert_eq!(row("T-3")["outcome"], "refused", "{}", row("T-3"));
    assert!(row("T-new")["message"].as_str().unwrap().contains("approve it first"), "{}", row("T-new"));
    let totals = last(&dry);
    assert_eq!((&totals["would"], &totals["would_be_refused"]), (&json!(3), &json!(2)), "{totals}");
    assert_eq!(totals["authorised"], json!([{"currency": "SAR", "amount": "900.00"}]));
    assert_eq!(totals["captured"], json!([{"currency": "SAR", "amount": "100.00"}]));
    assert_eq!(count(&book, "plan").await, 0, "a dry run stores nothing");

    let made = book.run(&[&["plan", "make", "--json", "--title", "fixed"], rows.as_slice()].concat());
    assert_eq!((made.code, &last(&made)["plan"]), (0, &json!(1)), "{made:?}");
    // Someone else moves one of the orders before its turn.
    assert_eq!(book.run(&["act", "T-2", "authorise"]).code, 0);
    let ran = book.run(&["plan", "run", "1", "--json", "--rate", "0"]);
    let told = ran.one();
    assert_eq!(ran.code, 4, "{told}");
    assert_eq!(
        told,
        json!({"result": "finished", "plan": 1, "accepted": 2, "confirmed": 0, "refused": 2, "changed": 1, "unknown": 0, "rest": 0, "message": null})
    );
    let order = book.run(&["show", "T-1", "--json"]).one();
    assert_eq!(order["status"], "partially_captured");
    let reasons: Vec<&Value> = order["timeline"].as_array().unwrap().iter().map(|entry| &entry["reason"]).collect();
    assert_eq!(reasons[2..], [&json!("plan-1"), &json!("plan-1")]);
    assert_eq!(order["timeline"][3]["confirmed"], json!(false), "only a report from the provider confirms");
    let other = book.run(&["show", "T-2", "--json"]).one();
    assert_eq!(other["plans"][0]["outcome"], "changed", "the order shows its row: {other}");
    assert_eq!(book.run(&["plan", "run", "1"]).code, 4, "a finished plan does not run again");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A plan whose rows are only recorded does not look fixed: what is blocked at the provider and what is confirmed is said.
#[tokio::test]
async fn what_is_blocked_and_what_is_confirmed_is_said() {
    let book = stuck(2).await;
    let at = chrono::Utc::now() - chrono::TimeDelta::hours(1);
    let tried = json!({"type": "attempted", "provider": "tamara", "order": "T-0", "action": "authorise", "at": at, "result": "401"});
    assert_eq!(book.import(tried.to_string().as_bytes()).code, 0);
    let made = book.run(&["plan", "make", "T-0", "T-1", "--needs-approval", "--as", "ada", "--json"]);
    assert_eq!(last(&made)["blocked"], 2, "the second order has the same merchant: {made:?}");
    let seen = book.run(&["plan", "show", "1", "--as", "bola", "--json"]).lines();
    let blocks = json!("blocked until the merchant's API token works");
    assert_eq!(
        (&seen[0]["cause"], &seen[0]["sure"], &seen[0]["blocks"]),
        (&json!("not_allowed"), &json!("certain"), &blocks)
    );
    assert_eq!(
        (&seen[1]["cause"], &seen[1]["sure"], &seen[1]["blocks"]),
        (&json!("not_allowed"), &json!("likely"), &blocks)
    );
    let words = book.run(&["plan", "show", "1"]).out;
    assert!(words.contains("2 would be recorded here; this does not call Tamara; 2 of them blocked"), "{words}");
    book.run(&["plan", "approve", "1", "--as", "bola"]);
    let ran = book.run(&["plan", "run", "1"]).out;
    assert!(ran.contains("2 recorded, 0 confirmed by the provider"), "{ran}");
    assert!(ran.contains("Tamara would not have accepted 2 of its rows when it began"), "{ran}");
    let said = json!({"type": "observed", "provider": "tamara", "order": "T-0", "status": "authorised", "at": chrono::Utc::now()});
    assert_eq!(book.import(said.to_string().as_bytes()).code, 0);
    assert_eq!(last(&book.run(&["plan", "show", "1", "--json"]))["confirmed"], 1);
    let words = book.run(&["plan", "show", "1"]).out;
    assert!(words.contains("2 of 2 recorded, 1 confirmed"), "{words}");
    assert_eq!(book.run(&["plan", "--json"]).one()["confirmed"], 1);
}

/// A plan to cancel is blocked by a refused token, which is no reason to cancel, and by what is captured at the provider.
#[tokio::test]
async fn what_the_provider_would_refuse_is_blocked() {
    let book = stuck(3).await;
    let at = chrono::Utc::now() - chrono::TimeDelta::hours(1);
    let told = [
        json!({"type": "observed", "provider": "tamara", "order": "T-0", "status": "fully_captured", "at": at}),
        json!({"type": "attempted", "provider": "tamara", "order": "T-1", "action": "authorise", "result": "401", "at": at}),
    ];
    assert_eq!(book.import(told.map(|line| line.to_string()).join("\n").as_bytes()).code, 0);
    let made = book.run(&["plan", "make", "T-0", "T-1", "--then", "cancel", "--dry-run", "--json"]).lines();
    assert_eq!(made[0]["blocks"], "blocked: it is Fully Captured at the provider");
    let token = "blocked until the merchant's API token works; a refused token is no reason to cancel";
    assert_eq!(made[1]["blocks"], token);
    let recorded = book.run(&["plan", "make", "T-0", "--dry-run", "--json"]).lines();
    assert_eq!(recorded[0]["blocks"], json!(null), "what was done there can be recorded here");
}

#[tokio::test]
async fn another_person_approves_or_it_does_not_run() {
    let book = stuck(2).await;
    let made = book.run(&["plan", "make", "--where", "status:approved", "--needs-approval", "--as", "ada", "--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    assert_eq!(book.run(&["plan", "run", "1", "--as", "ada"]).code, 4);
    assert_eq!(book.run(&["plan", "approve", "1", "--as", "ada"]).code, 4, "nobody approves their own plan");
    let approved = book.run(&["plan", "approve", "1", "--as", "bola", "--json"]).one();
    assert_eq!((&approved["approved_by"], &approved["state"]), (&json!("bola"), &json!("approved")));
    assert_eq!(book.run(&["plan", "approve", "1", "--as", "chi"]).code, 5, "it is already approved");
    let ran = book.run(&["plan", "run", "1", "--as", "ada", "--json"]).one();
    assert_eq!((&ran["result"], &ran["accepted"]), (&json!("finished"), &json!(2)));
    // A person who may not authorise may not make or withdraw a plan either.
    book.run(&["people", "add", "root", "admin", "--as", "root"]);
    book.run(&["people", "add", "eve", "agent", "--as", "root"]);
    let refused = book.run(&["plan", "make", "T-0", "--as", "eve", "--json"]);
    assert_eq!((refused.code, &refused.one()["why"]), (4, &json!("not_yours")));
    assert_eq!(book.run(&["plan", "withdraw", "1", "--as", "eve"]).code, 4);
}

#[tokio::test]
async fn a_plan_stops_after_failures_pauses_and_goes_on() {
    let book = stuck(40).await;
    let made = book.run(&[
        "plan",
        "make",
        "--where",
        "status:approved",
        "--then",
        "capture",
        "--amount",
        "300.01",
        "--stop-after",
        "3",
        "--rate",
        "0",
        "--json",
    ]);
    assert_eq!(made.code, 0, "{made:?}");
    // Rate 0 runs all rows as one batch; row by row the plan stops after three failures.
    let ran = book.run(&["plan", "run", "1", "--rate", "20", "--json"]);
    let told = ran.one();
    assert_eq!((ran.code, &told["result"], &told["accepted"]), (1, &json!("stopped"), &json!(0)), "{told}");
    assert!(told["refused"].as_u64().unwrap() < 40 && told["rest"].as_u64().unwrap() > 0, "{told}");
    assert_eq!(book.run(&["plan", "withdraw", "1", "--reason", "wrong amount"]).code, 0);
    assert_eq!(book.run(&["plan", "run", "1"]).code, 4);

    assert_eq!(book.run(&["plan", "make", "--where", "status:approved", "--rate", "10", "--json"]).code, 0);
    let child = book.command(&["plan", "run", "2", "--json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_200));
    assert_eq!(book.run(&["plan", "run", "2"]).code, 5, "only one process runs it at a time");
    assert_eq!(book.run(&["plan", "pause", "2"]).code, 0);
    let output = child.wait_with_output();
    let told: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    assert_eq!(told["result"], "paused", "{told}");
    let done = told["accepted"].as_i64().unwrap();
    assert!((1..40).contains(&done), "{told}");
    assert_eq!(count(&book, "orders where status = 'authorised'").await, done);
    let rest = book.run(&["plan", "run", "2", "--rate", "0", "--json"]).one();
    assert_eq!((&rest["result"], rest["accepted"].as_i64().unwrap() + done), (&json!("finished"), 40), "{rest}");
}

/// After ten kills in the middle, every order is authorised and captured once, and every row has one result.
#[tokio::test]
async fn a_plan_killed_ten_times_does_every_order_once() {
    const ORDERS: usize = 5_000;
    let book = stuck(ORDERS).await;
    let made = book.run(&["plan", "make", "--where", "status:approved", "--then", "capture", "--rate", "0", "--json"]);
    assert_eq!(made.code, 0, "{}", made.err);
    let (mut kills, mut pause) = (0, 70);
    let done = async || count(&book, "plan_result").await;
    while kills < 10 {
        let mut child = book
            .command(&["plan", "run", "1", "--rate", "1200"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // It is killed while it works, however long it takes to start.
        let before = done().await;
        while done().await == before && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(10));
        }
        std::thread::sleep(Duration::from_millis(pause));
        assert!(child.try_wait().unwrap().is_none(), "it ended after {kills} kills");
        child.kill().unwrap();
        child.wait().unwrap();
        (kills, pause) = (kills + 1, (kills * 37) % 180);
    }
    let before = plans::plan(&book.store.pool, 1).await.unwrap().unwrap();
    assert!(before.accepted > 0 && before.rest() > 0, "{before:?}");
    // The server may not have noticed yet that the last process is gone.
    let ran = loop {
        let ran = book.run(&["plan", "run", "1", "--rate", "0", "--json"]);
        if ran.code != 5 {
            break ran;
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let told = ran.one();
    assert_eq!(
        (ran.code, &told["result"], &told["refused"], &told["changed"]),
        (0, &json!("finished"), &json!(0), &json!(0)),
        "{told}"
    );
    assert_eq!(told["accepted"].as_i64().unwrap() + before.accepted, ORDERS as i64);
    assert_eq!(count(&book, "plan_result where outcome = 'accepted'").await, ORDERS as i64);
    assert_eq!(count(&book, "orders where status = 'fully_captured' and version = 4").await, ORDERS as i64);
    assert_eq!(count(&book, "transition where reason = 'plan-1'").await, 2 * ORDERS as i64);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A plan takes what it can authorise, says that it only records, and its exit code says what became of the rows.
#[tokio::test]
async fn a_plan_is_for_orders_at_approved_and_says_what_became_of_them() {
    let book = stuck(3).await;
    super::cases::disputed(&book, "D-1", 450_000).await;
    let every = book.run(&["plan", "make", "--where", "age>=0m", "--dry-run", "--json"]).lines();
    assert_eq!(every.len(), 4, "three orders and the sums, no dispute: {every:?}");
    let named = book.run(&["plan", "make", "D-1", "--dry-run"]);
    assert!(
        named.code == 2 && named.err.contains("atarapay:D-1: a plan authorises orders of Tamara only"),
        "{named:?}"
    );
    let first = every[0]["order"].as_str().unwrap().to_owned();
    let amount = ["plan", "make", &first, "--then", "capture", "--amount", "1.005", "--dry-run"];
    let amount = book.run(&amount);
    assert!(amount.code == 2 && amount.err.contains(&format!("{first}: 1.005 is not an amount in SAR")), "{amount:?}");

    let made = book.run(&["plan", "make", "--where", "status:approved"]);
    assert!(made.out.contains("would be recorded here; this does not call Tamara"), "{made:?}");
    assert_eq!(book.run(&["act", &first, "authorise", "--as", "ben"]).code, 0);
    let ran = book.run(&["plan", "run", "1"]);
    assert!(ran.code == 5 && ran.out.contains("2 recorded, 0 confirmed by the provider"), "{ran:?}");
}
