//! Two people at the desk in real terminals: one case from Take case to Completed, with a conflict, a console that is
//! killed while its user types, and a second person who approves a large decision.

use nix::sys::signal::Signal;

use super::pty::{Terminal, filled};

#[tokio::test]
async fn one_case_from_claim_to_completed_by_two() {
    let book = filled().await;
    let policy = std::env::temp_dir().join(format!("{}.toml", book.name));
    let text = book.run(&["policy"]).out.replace("NGN = \"1000000\"", "NGN = \"1000\"");
    std::fs::write(&policy, text).unwrap();
    assert_eq!(book.run(&["policy", "--set", policy.to_str().unwrap()]).code, 0);
    std::fs::remove_file(&policy).unwrap();

    let mut ada = Terminal::open(&book, &["--as", "ada"], &[]);
    let mut ben = Terminal::open(&book, &["--as", "ben"], &[]);
    for it in [&mut ada, &mut ben] {
        it.wait("live").wait("ATP-1");
        it.send("2").wait("Unclaimed").wait(" held");
    }
    // Both take the same case: one gets it, the other sees who has it.
    ada.send("ac").wait("You have this case");
    ben.wait("ada has this case");
    ben.send("ac").wait("ada has this case; take it over");
    ben.send("\x1b");
    // A console that is killed while its user types has saved the text.
    ada.send("an").wait("Internal: only the desk reads it");
    ada.send("the seal was").wait("the seal was");
    std::thread::sleep(std::time::Duration::from_millis(300));
    ada.signal(Signal::SIGKILL);
    ada.exited();
    let mut ada = Terminal::open(&book, &["--as", "ada"], &[]);
    ada.wait("live").wait("ATP-1");
    // Mine is above Unclaimed.
    ada.send("2").wait("Unclaimed");
    ada.send("\x1b[Zk\t").wait("Yours");
    ada.send("an").wait("the seal was");
    ada.send(" broken\x13").wait("The note is added");

    // Above the limit the decision is only proposed, and its proposer cannot approve it.
    ada.send("as").wait("Rationale");
    ada.send("\x1b[C").wait("Pay seller");
    ada.send("\t\t\t\x1b[C\x1b[C\x1b[C\tthe seal was broken before\x13").wait("Type decide to continue");
    ada.send("decide\r").wait("Another person has to approve it");
    ada.send("av").wait("someone else has to approve it");
    ada.send("\x1b");
    // The proposal appears in the queue To approve.
    ben.send("\x1b[Zjjjj\t").wait("To approve · most").wait("ada proposes");
    ben.send("av").wait("Type approve to continue");
    ben.send("approve\r").wait("Approved.");
    ada.wait("approved by ben");
    // When the last payout arrives, the order is completed.
    ben.send("ap").wait("Payout to");
    ben.wait("arrived");
    ben.send("TRF-1\r").wait("yes, do it");
    ben.send("y").wait("The payout is recorded").wait("Completed");
    ada.wait("Completed");
    for it in [&mut ada, &mut ben] {
        it.send("\x03");
        assert_eq!(it.ended(), 0);
    }
    let shown = book.run(&["case", "show", "ATP-1", "--json"]).one();
    assert_eq!((&shown["status"], &shown["stage"]), (&"completed".into(), &"closed".into()));
    assert_eq!((&shown["decision"]["proposed_by"], &shown["decision"]["approved_by"]), (&"ada".into(), &"ben".into()));
    assert_eq!(shown["payouts"][0]["reference"], "TRF-1");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A withdrawal that arrives while someone decides shows at once, and their decision is not written.
#[tokio::test]
async fn a_withdrawal_shows_at_once() {
    let book = filled().await;
    let mut ada = Terminal::open(&book, &["--as", "ada"], &[]);
    ada.wait("live").wait("ATP-1");
    ada.send("2").wait(" held");
    ada.send("as").wait("Rationale");
    ada.send("\x1b[C\t\t\t\x1b[C\tbroken\x13").wait("yes, do it");
    let line = br#"{"type":"moved","provider":"atarapay","order":"ATP-1","at":"2026-11-03T08:00:00Z","actor":"seller","action":"withdraw"}"#;
    assert_eq!(book.import(line).code, 0);
    ada.wait("decided at");
    ada.send("y");
    ada.send("\x1b\x1b").wait("Dispute Resolved");
    let decision = book.run(&["case", "show", "ATP-1", "--json"]).one()["decision"].clone();
    assert_eq!((&decision["basis"], &decision["to_seller"]), (&"withdrawn".into(), &"0.00".into()));
    ada.send("\x03");
    assert_eq!(ada.ended(), 0);
}
