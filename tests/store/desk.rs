//! The desk under load: many people at once, kills at any moment, random histories. SQL checks what must hold.

use std::process::Stdio;
use std::time::Duration;

use chrono::Utc;
use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use recourse::desk::cases::{self, Answer, CaseCommand, Command, PayoutUpdate};
use recourse::domain::*;
use recourse::records::{Clock, DecidedTexts, DecisionBasis, Message, Note, Party};
use recourse::store::cases::{read, write};
use recourse::store::{Proof, Record, Store, append, read as orders};
use uuid::Uuid;

use super::cases::{did, disputed};
use super::harness::{Book, at, book};
use super::word::provider;

fn key(id: &str) -> OrderKey {
    OrderKey::new(ATARAPAY, id).unwrap()
}

/// The same book, as this person.
fn person(book: &Book, name: &str) -> Store {
    let mut store = book.store.clone();
    store.person = name.to_owned();
    store
}

fn command(id: &str, doing: CaseCommand) -> Command {
    Command { order: key(id), what: doing, expect: None, request: Uuid::new_v4() }
}

async fn act(store: &Store, id: &str, doing: CaseCommand) -> Answer {
    cases::act(store, Roles::UNREGISTERED, &command(id, doing), Utc::now()).await.unwrap()
}

fn decides(to_seller: i64, to_buyer: i64) -> CaseCommand {
    let text = |text: &str| text.to_owned();
    let said =
        DecidedTexts { reason: text("other"), rationale: text("r"), say_seller: text("s"), say_buyer: text("b") };
    CaseCommand::Decide { parts: Parts { to_seller, to_buyer }, said, propose: false, without_answer: None }
}

fn pays(party: &str, how: PayoutUpdate) -> CaseCommand {
    CaseCommand::RecordPayout { party: party.parse().unwrap(), how }
}

const PEOPLE: [&str; 4] = ["ada", "ben", "eve", "ife"];

fn won(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer, Answer::Done(_))).count()
}

fn second(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| matches!(answer, Answer::Conflict(..))).count()
}

#[tokio::test]
async fn of_many_takers_one_has_the_case() {
    const TAKERS: usize = 24;
    let book = book().await;
    for round in 0..5 {
        let id = format!("ATP-{round}");
        disputed(&book, &id, 450_000).await;
        let stores: Vec<Store> = (0..TAKERS).map(|number| person(&book, &format!("agent{number}"))).collect();
        let answers = join_all(stores.iter().map(|store| act(store, &id, CaseCommand::Take))).await;
        assert_eq!((won(&answers), second(&answers)), (1, TAKERS - 1), "{answers:?}");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn every_case_is_given_out_once() {
    const CASES: usize = 60;
    let book = book().await;
    for number in 0..CASES {
        disputed(&book, &format!("ATP-{number}"), 100_000 + number as i64).await;
    }
    let stores: Vec<Store> = (0..16).map(|number| person(&book, &format!("agent{number}"))).collect();
    let takes = stores.iter().map(|store| async move {
        let mut taken = Vec::new();
        while let Ok(Some(whole)) = cases::next(store, Roles::UNREGISTERED, None, Utc::now()).await.unwrap() {
            taken.push(whole.case.order_id.clone());
        }
        taken
    });
    let mut taken: Vec<String> = join_all(takes).await.into_iter().flatten().collect();
    taken.sort();
    let all = taken.len();
    taken.dedup();
    assert_eq!((all, taken.len()), (CASES, CASES));
}

/// People approve only what they saw: if an approval and a reply happen at the same time, only one of them succeeds.
#[tokio::test]
async fn an_approval_and_a_move_do_not_both_win() {
    let book = book().await;
    for round in 0..12 {
        let id = format!("ATP-{round}");
        disputed(&book, &id, 200_000_000).await;
        let (ada, ben, eve) = (person(&book, "ada"), person(&book, "ben"), person(&book, "eve"));
        act(&ada, &id, decides(200_000_000, 0)).await;
        let answered = Message { party: Party::Seller, theirs: true, body: "new facts".to_owned() };
        let (approved, moved) = tokio::join!(
            act(&ben, &id, CaseCommand::Approve { proposal: None }),
            act(&eve, &id, CaseCommand::RecordReply { message: answered })
        );
        let approved = matches!(approved, Answer::Done(_));
        let moved = matches!(moved, Answer::Done(_));
        assert!(approved != moved, "round {round}: approved {approved}, moved {moved}");
        let status = orders::order(&book.store.pool, &key(&id)).await.unwrap().unwrap().order.status;
        assert_eq!(status == atarapay::Status::DisputeResolved.status(), approved);
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_withdrawal_and_a_settlement_do_not_both_win() {
    let book = book().await;
    for round in 0..12 {
        let id = format!("ATP-{round}");
        disputed(&book, &id, 450_000).await;
        let stored = orders::order(&book.store.pool, &key(&id)).await.unwrap().unwrap();
        let ask = Ask::new(Action::Withdraw, Actor::Buyer, Utc::now(), By::Fact);
        let step = decide(&stored.order, &ask).unwrap();
        let ada = person(&book, "ada");
        let withdraws = async {
            let mut connection = book.store.pool.acquire().await.unwrap();
            let proof = Proof { note: Some("n".into()), ..Proof::new(Source::Notification, "recourse") };
            append::append(&mut connection, &[Record::Step(step, proof)]).await.is_ok()
        };
        let (settled, withdrew) = tokio::join!(act(&ada, &id, decides(0, 450_000)), withdraws);
        let settled = match settled {
            Answer::Done(_) => true,
            Answer::Conflict(..) => false,
            other => panic!("{other:?}"),
        };
        assert!(settled != withdrew, "round {round}: settled {settled}, withdrew {withdrew}");
        let whole = read::whole(&book.store.pool, &key(&id).to_string(), None).await.unwrap().unwrap();
        let decision = whole.decision.unwrap();
        assert_eq!(decision.basis, if settled { DecisionBasis::Settled } else { DecisionBasis::Withdrawn });
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_payout_confirmed_by_many_is_paid_once() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    act(&person(&book, "ada"), "ATP-1", decides(450_000, 0)).await;
    let stores: Vec<Store> = (0..16).map(|number| person(&book, &format!("agent{number}"))).collect();
    let confirms = stores.iter().enumerate().map(|(number, store)| {
        let reference = format!("bank-{}", number % 2);
        act(store, "ATP-1", pays("seller", PayoutUpdate::Confirmed { reference, collective: false }))
    });
    let answers = join_all(confirms).await;
    // The same confirmation again changes nothing; another reference is a second payment, and is too late.
    assert!(won(&answers) >= 1 && second(&answers) >= 8, "{answers:?}");
    assert_eq!(won(&answers) + second(&answers), 16);
    let confirmed: i64 = sqlx::query_scalar("select count(*) from payout_event where what = 'confirmed'")
        .fetch_one(&book.store.pool)
        .await
        .unwrap();
    assert_eq!(confirmed, 1);
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// The provider and we report the same payout: the order is completed once, whichever report is first.
#[tokio::test]
async fn the_providers_completion_and_ours_meet() {
    let book = book().await;
    for round in 0..10 {
        let id = format!("ATP-{round}");
        disputed(&book, &id, 450_000).await;
        let ada = person(&book, "ada");
        act(&ada, &id, decides(300_000, 150_000)).await;
        act(&ada, &id, pays("seller", PayoutUpdate::Confirmed { reference: format!("{id}-1"), collective: false }))
            .await;
        let stored = orders::order(&book.store.pool, &key(&id)).await.unwrap().unwrap();
        let step = decide(&stored.order, &Ask::new(Action::Complete, Actor::Provider, Utc::now(), By::Fact)).unwrap();
        let provider = async {
            let mut connection = book.store.pool.acquire().await.unwrap();
            let proof = Proof::new(Source::Notification, "recourse");
            append::append(&mut connection, &[Record::Step(step, proof)]).await.is_ok()
        };
        let (ours, theirs) = tokio::join!(
            act(&ada, &id, pays("buyer", PayoutUpdate::Confirmed { reference: format!("{id}-2"), collective: false })),
            provider
        );
        assert!(matches!(ours, Answer::Done(_)) != theirs, "round {round}: {ours:?}, {theirs}");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Kills the command at later and later moments, then lets it finish: it succeeds, whatever was left to do.
fn killed(book: &Book, who: &str, words: &[&str]) {
    let request = Uuid::new_v4().to_string();
    let words = [words, &["--request-id", &request, "--as", who, "--json"]].concat();
    for pause in [8, 16, 24, 30, 36, 42, 50, 60] {
        let mut child = book.command(&words).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let told = book.run(&words);
    assert_eq!(told.code, 0, "{words:?}: {told:?}");
}

#[tokio::test]
async fn killed_between_any_two_steps_nothing_is_lost_and_nothing_paid_twice() {
    let book = book().await;
    for (id, minor) in [("ATP-1", 450_000), ("ATP-2", 200_000_000)] {
        disputed(&book, id, minor).await;
        let split = ["--to-seller", "60%", "--to-buyer", "40%", "--reason", "damaged", "--rationale", "broken seal"];
        killed(&book, "ada", &[&["case", "decide", id][..], &split[..]].concat());
        if minor > 100_000_000 {
            killed(&book, "ben", &["case", "approve", id]);
        }
        for party in ["seller", "buyer"] {
            killed(&book, "ada", &["case", "pay", id, "--to", party, "--sent"]);
            killed(&book, "ada", &["case", "pay", id, "--to", party, "--confirm", &format!("{id}-{party}")]);
        }
        let (code, line) = did(&book, "ada", &["case", "show", id]);
        assert_eq!((code, &line["status"], &line["stage"]), (0, &"completed".into(), &"closed".into()));
    }
    let counts: (i64, i64, i64) = sqlx::query_as(
        "select (select count(*) from decision), (select count(*) from payout_event), (select count(*) from transition where action = 'complete')",
    )
    .fetch_one(&book.store.pool)
    .await
    .unwrap();
    assert_eq!(counts, (2, 8, 2));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// One attempt: the index of an action, the index of a person, and a number for the details.
type Try = (usize, usize, i64);

fn doing(what: usize, number: i64, held: i64) -> CaseCommand {
    let text = |text: &str| text.to_owned();
    let party = if number % 2 == 0 { "buyer" } else { "seller" };
    let message = |theirs| Message { party: party.parse().unwrap(), theirs, body: text("words") };
    match what {
        0 => CaseCommand::Take,
        1 => CaseCommand::TakeOver { why: text("why") },
        2 => CaseCommand::Release { why: None },
        3 => CaseCommand::HandOver { to: text(PEOPLE[number as usize % 4]), note: text("n") },
        4 => CaseCommand::SetReason { reason: Some(text("damaged")), claimed: None },
        5 => CaseCommand::TickChecklist { line: text("seller's answer"), done: number % 2 == 0 },
        6 => CaseCommand::AddNote { note: Note(text("internal")) },
        7 => CaseCommand::SendMessage { message: message(false), ask: number % 3 == 0 },
        8 => CaseCommand::RecordReply { message: message(true) },
        9 => CaseCommand::StopWaiting { why: text("why") },
        10 => CaseCommand::AttachFile { name: text("a.txt"), content: text("proof").into_bytes(), line: None },
        11 => decides(held * (number % 5) / 4, held - held * (number % 5) / 4),
        12 => CaseCommand::Approve { proposal: None },
        13 => CaseCommand::SendBack { why: text("why") },
        14 => CaseCommand::WithdrawProposal { why: None },
        15 => pays(party, PayoutUpdate::Sent { reference: None, collective: false }),
        16 => pays(party, PayoutUpdate::Confirmed { reference: format!("bank-{number}"), collective: false }),
        17 => pays(party, PayoutUpdate::Failed { why: text("why") }),
        18 => pays(party, PayoutUpdate::Reopened),
        _ => CaseCommand::Close { why: None },
    }
}

#[tokio::test]
async fn random_histories_keep_every_promise() {
    let book = book().await;
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let histories = (any::<bool>(), prop::collection::vec((0_usize..24, 0_usize..4, 0_i64..60), 10..40));
    let (mut done, mut refused) = (0, 0);
    for number in 0..40 {
        let (large, tries): (bool, Vec<Try>) = histories.new_tree(&mut runner).unwrap().current();
        let held = if large { 200_000_000 } else { 450_000 };
        let id = format!("M-{number}");
        disputed(&book, &id, held).await;
        for (what, who, number) in tries {
            // The provider reports something now and then; rarely, or nothing would be left to decide.
            if what >= 20 {
                if number % 12 == 0 {
                    provider(&book, &id, number / 12).await;
                }
                continue;
            }
            match act(&person(&book, PEOPLE[who]), &id, doing(what, number, held)).await {
                Answer::Done(_) => done += 1,
                Answer::Refused(_) | Answer::Conflict(..) | Answer::Same(_) => refused += 1,
                Answer::Missing => panic!("{id} has no case"),
            }
        }
    }
    assert!(done > 100 && refused > 50, "{done} done, {refused} refused");
    assert_eq!(book.faults().await, Vec::<String>::new());
    // Someone else approved each large decision, and nobody approved their own.
    let bad: i64 = sqlx::query_scalar(
        "select count(*) from decision d where d.basis = 'settled' and d.total > 100000000 and (d.approved_by is null or d.approved_by = d.proposed_by)",
    )
    .fetch_one(&book.store.pool)
    .await
    .unwrap();
    assert_eq!(bad, 0);
}

/// Internal text is in no letter, export or report.
#[tokio::test]
async fn what_only_the_desk_reads_stays_there() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    let ada = person(&book, "ada");
    let words = "SECRET-7f3a the buyer lies";
    act(&ada, "ATP-1", CaseCommand::AddNote { note: Note(words.to_owned()) }).await;
    act(&ada, "ATP-1", CaseCommand::Release { why: Some(words.to_owned()) }).await;
    let message = Message { party: Party::Buyer, theirs: false, body: "we look into it".to_owned() };
    act(&ada, "ATP-1", CaseCommand::SendMessage { message, ask: false }).await;
    let CaseCommand::Decide { parts, said, propose, without_answer } = decides(300_000, 150_000) else {
        unreachable!()
    };
    let said = DecidedTexts { rationale: words.to_owned(), ..said };
    act(&ada, "ATP-1", CaseCommand::Decide { parts, said, propose, without_answer }).await;
    let asked: [&[&str]; 6] = [
        &["letter", "ATP-1", "--for", "buyer"],
        &["letter", "ATP-1", "--for", "seller", "--json"],
        &["export"],
        &["export", "--format", "jsonl"],
        &["report"],
        &["report", "--csv"],
    ];
    for words in asked {
        let told = book.run(words);
        assert_eq!(told.code, 0, "{words:?}: {told:?}");
        assert!(!told.out.contains("SECRET-7f3a"), "{words:?}: {}", told.out);
    }
    let letter = book.run(&["letter", "ATP-1", "--for", "buyer"]).out;
    assert!(letter.contains("NGN 1,500.00") && letter.contains("we look into it"), "{letter}");
    let pdf = |party: &str| book.command(&["letter", "ATP-1", "--for", party, "--pdf", "-"]).output().unwrap().stdout;
    assert_eq!(pdf("buyer"), pdf("buyer"));
    assert!(pdf("seller").starts_with(b"%PDF-"));
    // Internal text is in no message either.
    let noted: i64 = sqlx::query_scalar("select count(*) from case_message where body like '%SECRET%'")
        .fetch_one(&book.store.pool)
        .await
        .unwrap();
    assert_eq!(noted, 0);
}

#[tokio::test]
async fn clocks_keep_business_hours_and_rest() {
    let book = book().await;
    let mut psql = book.psql().await;
    let hours = r#"{"zone": "Africa/Lagos", "days": [1,2,3,4,5], "from": 480, "to": 1080, "holidays": ["2026-11-23"]}"#;
    // Lagos is an hour ahead of UTC; the 20th is a Friday, the 23rd a holiday.
    let cases = [
        ("2026-11-20T08:00:00Z", 3_600, "2026-11-20T09:00:00Z"),
        ("2026-11-20T16:30:00Z", 3_600, "2026-11-24T07:30:00Z"),
        ("2026-11-21T12:00:00Z", 1, "2026-11-24T07:00:01Z"),
        ("2026-11-20T03:00:00Z", 36_000, "2026-11-20T17:00:00Z"),
        ("2026-11-20T03:00:00Z", 72_000, "2026-11-24T17:00:00Z"),
    ];
    for (start, seconds, expect) in cases {
        let due: chrono::DateTime<Utc> = sqlx::query_scalar("select business_add($1, $2::bigint, $3::jsonb)")
            .bind(at(start))
            .bind(i64::from(seconds))
            .bind(hours)
            .fetch_one(&mut psql)
            .await
            .unwrap();
        assert_eq!(due, at(expect), "{seconds} s of business hours after {start}");
        let between: i64 = sqlx::query_scalar("select business_between($1, $2, $3::jsonb)")
            .bind(at(start))
            .bind(due)
            .bind(hours)
            .fetch_one(&mut psql)
            .await
            .unwrap();
        assert_eq!(between, i64::from(seconds), "between {start} and {due}");
    }
    // The decision clock pauses while a party has to reply, then continues with the time left.
    disputed(&book, "ATP-1", 450_000).await;
    let ada = person(&book, "ada");
    let message = |theirs| Message { party: Party::Buyer, theirs, body: "words".to_owned() };
    act(&ada, "ATP-1", CaseCommand::SendMessage { message: message(false), ask: true }).await;
    let Answer::Done(whole) = act(&ada, "ATP-1", CaseCommand::AddNote { note: Note("n".into()) }).await else {
        panic!()
    };
    let decision = whole.clocks.iter().find(|clock| clock.name == Clock::Decision).unwrap();
    let rest = decision.rest.unwrap();
    assert!(decision.due_at.is_none());
    let Answer::Done(whole) = act(&ada, "ATP-1", CaseCommand::RecordReply { message: message(true) }).await else {
        panic!()
    };
    let decision = whole.clocks.iter().find(|clock| clock.name == Clock::Decision).unwrap();
    assert!(decision.rest.is_none() && (decision.due_at.unwrap() > Utc::now()) == (rest > 0));
}

/// Drafts are saved and deleted. A case without a dispute is opened and closed by hand, as often as needed.
#[tokio::test]
async fn cases_by_hand_and_drafts() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    let ada = person(&book, "ada");
    let order = key("ATP-1").to_string();
    write::keep_draft(&ada, &order, 1, "note", Some("half a tho")).await.unwrap();
    write::keep_draft(&ada, &order, 1, "note", Some("half a thought")).await.unwrap();
    let kept = write::drafts(&ada.pool, &order, 1, "ada").await.unwrap();
    assert_eq!(kept, [("note".to_owned(), "half a thought".to_owned())]);
    assert_eq!(write::drafts(&ada.pool, &order, 1, "ben").await.unwrap(), []);
    write::keep_draft(&ada, &order, 1, "note", None).await.unwrap();
    assert_eq!(write::drafts(&ada.pool, &order, 1, "ada").await.unwrap(), []);
    // The order is in no dispute: its case is opened and closed by hand, twice.
    let line = r#"{"type":"opened","provider":"atarapay","order":"ATP-9","at":"2026-11-20T08:00:00Z","amount":"10.00","currency":"NGN"}"#;
    assert_eq!(book.import(line.as_bytes()).code, 0);
    for number in 1..=2 {
        let (code, line) = did(&book, "ada", &["case", "open", "ATP-9", "--reason", "the buyer rang"]);
        assert_eq!((code, &line["case"]["case"]), (0, &number.into()));
        let (code, _) = did(&book, "ben", &["case", "open", "ATP-9"]);
        assert_eq!(code, 5);
        let (code, _) = did(&book, "ada", &["case", "close", "ATP-9"]);
        assert_eq!(code, 0);
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Makes every session die when it inserts into this table.
async fn dies_at(book: &Book, table: &str) {
    let sql = format!(
        "create or replace function dies() returns trigger language plpgsql security definer as $$
         begin perform pg_terminate_backend(pg_backend_pid()); perform pg_sleep(5); return new; end $$;
         create trigger zz_dies after insert on {table} for each row execute function dies()"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut book.psql().await).await.unwrap();
}

async fn lives(book: &Book, table: &str) {
    let sql = format!("drop trigger zz_dies on {table}; drop function dies()");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut book.psql().await).await.unwrap();
}

async fn written(book: &Book) -> Vec<i64> {
    let tables = ["transition", "case_event", "case_proposal", "decision", "payout", "payout_event"];
    let mut counts = Vec::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        counts.push(sqlx::query_scalar(sql).fetch_one(&mut book.psql().await).await.unwrap());
    }
    counts
}

/// A decision, an approval and a last payout write to several tables. Wherever a session dies, nothing is recorded, and
/// the same request sent again is recorded once.
#[tokio::test]
async fn a_session_that_dies_between_any_two_steps_leaves_nothing_behind() {
    let book = book().await;
    let split = ["--to-seller", "60%", "--to-buyer", "40%", "--reason", "damaged", "--rationale", "broken seal"];
    let decide = |id: &'static str| [&["case", "decide", id][..], &split[..]].concat();
    let confirm = |party: &'static str| vec!["case", "pay", "ATP-1", "--to", party, "--confirm", party];
    disputed(&book, "ATP-1", 450_000).await;
    disputed(&book, "ATP-2", 200_000_000).await;
    let steps: [(&str, Vec<&str>, &[&str]); 5] = [
        ("ada", decide("ATP-1"), &["case_event", "case_proposal", "transition", "decision", "payout"]),
        ("ada", confirm("seller"), &["payout_event", "case_event"]),
        ("ada", confirm("buyer"), &["payout_event", "case_event", "transition"]),
        ("ada", decide("ATP-2"), &["case_event", "case_proposal"]),
        ("ben", vec!["case", "approve", "ATP-2"], &["transition", "decision", "payout", "case_event"]),
    ];
    for (who, words, tables) in steps {
        let request = Uuid::new_v4().to_string();
        let words = [&words[..], &["--request-id", &request, "--as", who, "--json"]].concat();
        for table in tables {
            let before = written(&book).await;
            dies_at(&book, table).await;
            let told = book.run(&words);
            assert!(told.code != 0, "{words:?} at {table}: {told:?}");
            lives(&book, table).await;
            assert_eq!(written(&book).await, before, "{words:?} at {table}");
        }
        let told = book.run(&words);
        assert_eq!(told.code, 0, "{words:?}: {told:?}");
        let after = written(&book).await;
        assert_eq!((book.run(&words).code, written(&book).await), (0, after), "{words:?} sent again");
    }
    assert_eq!(book.faults().await, Vec::<String>::new());
}
