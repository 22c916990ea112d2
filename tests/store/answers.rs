//! Answers that are lost on their way: the connection is cut after the database has done what it was asked. What was done
//! is told as done, and is done once.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use recourse::cases::policy::SHIPPED;
use recourse::desk::cases::{self, Answer, CaseCommand, Command, PayoutUpdate};
use recourse::domain::{ATARAPAY, OrderKey, Parts, Roles};
use recourse::records::{DecidedTexts, Message, Note, Party};
use recourse::store::Store;

use super::cases::disputed;
use super::harness::{Book, Told, access, book, told};
use super::plans::stuck;

/// Stands between the program and its database. It cuts the connection that sends this text, once, after the database
/// got it and had time to answer; the answer is not passed on.
struct Cutter {
    folder: tempfile::TempDir,
    cuts: Arc<AtomicUsize>,
    /// How many statements passed.
    statements: Arc<AtomicUsize>,
}

impl Cutter {
    fn between(server: &Path, text: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let server = server.join(SOCKET);
        let (cuts, statements) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (counted, passed) = (Arc::clone(&cuts), Arc::clone(&statements));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (client, server) = (client.unwrap(), UnixStream::connect(&server).unwrap());
                let answers = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let cut = Arc::new(AtomicUsize::new(0));
                let (here, all, passed) = (Arc::clone(&cut), Arc::clone(&counted), Arc::clone(&passed));
                std::thread::spawn(move || asks(client, server, text, (&here, &all, &passed)));
                std::thread::spawn(move || answered(answers.0, answers.1, &cut));
            }
        });
        Self { folder, cuts, statements }
    }

    /// Runs the binary on the book, through the cutter.
    fn run(&self, book: &Book, arguments: &[&str]) -> Told {
        let folder = self.folder.path().to_string_lossy().replace('/', "%2F");
        let mut command = book.command(arguments);
        told(command.env("DATABASE_URL", format!("postgres://recourse@{folder}/{}", book.name)))
    }
}

const SOCKET: &str = ".s.PGSQL.5432";

/// Passes on what the program asks, until it is cut.
fn asks(
    mut client: UnixStream,
    mut server: UnixStream,
    text: &str,
    (here, all, passed): (&AtomicUsize, &AtomicUsize, &AtomicUsize),
) {
    let mut bytes = vec![0; 1 << 16];
    let mut unread = Vec::new();
    while let Ok(count @ 1..) = client.read(&mut bytes) {
        let asked = &bytes[..count];
        unread.extend_from_slice(asked);
        passed.fetch_add(statements(&mut unread), Ordering::SeqCst);
        let cuts =
            asked.windows(text.len()).any(|part| part == text.as_bytes()) && all.fetch_max(1, Ordering::SeqCst) == 0;
        here.store(usize::from(cuts), Ordering::SeqCst);
        if server.write_all(asked).is_err() {
            break;
        }
        if cuts {
            std::thread::sleep(Duration::from_millis(300));
            break;
        }
    }
    _ = client.shutdown(Shutdown::Both);
    _ = server.shutdown(Shutdown::Both);
}

/// Counts the statements in these messages, and removes the messages: `Q` is a simple one, `E` executes a prepared one.
/// The first messages have no letter, only their length.
fn statements(unread: &mut Vec<u8>) -> usize {
    let mut count = 0;
    loop {
        let letter = usize::from(unread.first().is_some_and(|first| *first != 0));
        let Some(length) = unread.get(letter..letter + 4) else { return count };
        let end = letter + u32::from_be_bytes(length.try_into().unwrap()) as usize;
        if unread.len() < end {
            return count;
        }
        count += usize::from(matches!(unread[0], b'Q' | b'E'));
        unread.drain(..end);
    }
}

/// Passes on what the database answers, until it is cut.
fn answered(mut server: UnixStream, mut client: UnixStream, cut: &AtomicUsize) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut bytes) {
        if cut.load(Ordering::SeqCst) == 1 || client.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    _ = client.shutdown(Shutdown::Both);
}

/// Everything that was ever recorded.
async fn recorded(book: &Book) -> i64 {
    let sql = "select (select count(*) from transition) + (select count(*) from case_event) + (select count(*) from plan) \
         + (select count(*) from plan_event) + (select count(*) from person_change) + (select count(*) from view_change) \
         + (select count(*) from runbook_tick) + (select count(*) from desk_policy) \
         + (select count(*) from quarantine where state <> 'waiting')";
    sqlx::query_scalar(sql).fetch_one(&mut book.psql().await).await.unwrap()
}

/// Runs a command whose answer is lost when it commits: it says done, and this many rows are new.
async fn check(book: &Book, arguments: &[&str], text: &'static str, expect: i64) {
    let before = recorded(book).await;
    let cutter = Cutter::between(book.socket_dir(), text);
    let told = cutter.run(book, arguments);
    assert_eq!(cutter.cuts.load(Ordering::SeqCst), 1, "{arguments:?} was not cut: {told:?}");
    assert_eq!(told.code, 0, "{arguments:?}: {told:?}");
    assert_eq!(recorded(book).await - before, expect, "{arguments:?}: {told:?}");
}

#[tokio::test]
async fn a_case_action_whose_answer_is_lost_is_done() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    for (line, expect) in [
        ("case take ATP-1 --as ada", 1),
        ("case set-reason ATP-1 --reason other --as ada", 1),
        ("case note ATP-1 seen --as ada", 1),
        ("case message ATP-1 --to buyer hello --wait --as ada", 1),
        ("case reply ATP-1 --from buyer yes --as ada", 1),
        ("case decide ATP-1 --pay-seller --rationale fair --propose --as ada", 1),
        ("case approve ATP-1 --as ben", 2),
        ("case payout ATP-1 --sent --as ada", 1),
        ("case payout ATP-1 --confirm bank-1 --as ada", 3),
        ("case open ATP-1 --reason again --as ada", 1),
        ("next --as ada", 1),
    ] {
        let mut arguments: Vec<&str> = line.split(' ').collect();
        arguments.push("--json");
        check(&book, &arguments, "COMMIT", expect).await;
    }
}

#[tokio::test]
async fn an_action_on_an_order_whose_answer_is_lost_is_done() {
    let book = stuck(1).await;
    let arguments = ["act", "T-0", "authorise", "--note", "cut-here", "--json"];
    check(&book, &arguments, "cut-here", 1).await;
}

#[tokio::test]
async fn a_plan_whose_answer_is_lost_is_made_once() {
    let book = stuck(3).await;
    let id = uuid::Uuid::new_v4().to_string();
    let make = |title: &'static str| ["plan", "make", "T-0", "T-1", "--title", title, "--request-id", &id, "--json"];
    check(&book, &make("p"), "COMMIT", 1).await;
    let made = recorded(&book).await;
    let again = book.run(&make("p"));
    assert_eq!((again.code, recorded(&book).await), (0, made), "{again:?}");
    let other = book.run(&make("q"));
    assert_eq!(other.code, 4, "{other:?}");
    assert!(other.err.contains("request"), "{other:?}");
}

/// A request that is sent again finds its plan, even if the plan has run and none of its orders matches the query any more.
#[tokio::test]
async fn a_plan_that_ran_is_found_by_its_request() {
    for words in [&["T-0", "T-1"][..], &["--where", "status:approved"]] {
        let book = stuck(2).await;
        let id = uuid::Uuid::new_v4().to_string();
        let request = ["--then", "capture", "--request-id", &id, "--json"];
        let make = || book.run(&[&["plan", "make"][..], words, &request].concat());
        let (first, ran) = (make(), book.run(&["plan", "run", "1"]));
        assert_eq!((first.code, ran.code), (0, 0), "{first:?} {ran:?}");
        let before = recorded(&book).await;
        let again = make();
        assert_eq!((again.code, recorded(&book).await), (0, before), "{again:?}");
        let told = again.lines().pop().unwrap();
        assert_eq!(
            (&told["plan"], &told["state"], &told["accepted"]),
            (&1.into(), &"finished".into(), &2.into()),
            "{told}"
        );
    }
}

/// Commands on plans, facts in quarantine, and what the team shares.
#[tokio::test]
async fn what_is_shared_is_told_as_done_when_its_answer_is_lost() {
    let book = stuck(3).await;
    let file = |name: &str, text: &str| {
        let path = std::env::temp_dir().join(format!("{}-{name}", book.name));
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let facts = file("facts.jsonl", "not json\n");
    assert!(book.run(&["import", &facts]).code < 3);
    let made = book.run(&["plan", "make", "T-0", "T-1", "--needs-approval", "--as", "ada"]);
    assert_eq!(made.code, 0, "{made:?}");
    let policy = file("policy.toml", SHIPPED);
    for (line, expect) in [
        ("plan approve 1 --as ben", 1),
        ("plan withdraw 1 --as ada", 1),
        ("quarantine dismiss 1 --note noise --as ada", 1),
        ("view save late --where age>24h --as ada", 1),
        ("view remove late --as ada", 1),
        ("people add ada admin ops --as ada", 2),
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        check(&book, &arguments, "COMMIT", expect).await;
    }
    check(&book, &["policy", "--set", &policy, "--as", "ada"], "COMMIT", 1).await;
}

/// A case action is one short conversation with the database, however long the case is.
#[tokio::test]
async fn a_case_action_takes_at_most_eight_statements() {
    let book = book().await;
    disputed(&book, "ATP-1", 450_000).await;
    let cutter = Cutter::between(book.socket_dir(), "nothing is cut");
    let options = book.options().socket(cutter.folder.path());
    let store = Store::enter(&access(), options).await.unwrap();
    let text = |text: &str| text.to_owned();
    let said =
        DecidedTexts { reason: text("other"), rationale: text("r"), say_seller: text("s"), say_buyer: text("b") };
    let message = Message { party: Party::Buyer, theirs: false, body: text("hello") };
    let order = OrderKey::new(ATARAPAY, "ATP-1").unwrap();
    for what in [
        CaseCommand::Take,
        CaseCommand::AddNote { note: Note(text("seen")) },
        CaseCommand::SendMessage { message, ask: false },
        CaseCommand::AttachFile { name: text("a.txt"), content: b"text".to_vec(), line: None },
        CaseCommand::HandOver { to: text("ben"), note: text("yours") },
        CaseCommand::TakeOver { why: text("mine") },
        CaseCommand::Decide {
            parts: Parts { to_seller: 450_000, to_buyer: 0 },
            said,
            propose: false,
            without_answer: None,
        },
        CaseCommand::RecordPayout {
            party: Party::Seller,
            how: PayoutUpdate::Confirmed { reference: text("bank-1"), collective: false },
        },
    ] {
        let command = Command { order: order.clone(), what, expect: None, request: uuid::Uuid::new_v4() };
        let before = cutter.statements.load(Ordering::SeqCst);
        let answer = cases::act(&store, Roles::UNREGISTERED, &command, chrono::Utc::now()).await.unwrap();
        assert!(matches!(answer, Answer::Done(_)), "{command:?}: {answer:?}");
        // The bell that wakes other sessions may ring a little later.
        tokio::time::sleep(Duration::from_millis(250)).await;
        let count = cutter.statements.load(Ordering::SeqCst) - before;
        assert!((5..=8).contains(&count), "{count} statements for {command:?}");
    }
}
