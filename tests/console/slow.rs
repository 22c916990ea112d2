//! A database that is far away: 400 ms each way. Keys are answered at once all the same, and what is under way is said.

use std::time::Duration;

use portable_pty::CommandBuilder;

use super::harness::PROGRAM;
use super::harness::proxy::{Fault, Proxy};
use super::pty::{Terminal, filled};

const FAR: Fault = Fault::Slow(Duration::from_millis(400));

#[tokio::test]
async fn a_case_is_handled_from_far_away() {
    let book = filled().await;
    let link = Proxy::before(book.socket_dir(), FAR);
    let mut command = CommandBuilder::new(PROGRAM);
    command.env_clear();
    command.args(["--as", "ada"]);
    command.env("HOME", "/nonexistent");
    let mut ada = Terminal::on(&link.url("recourse", &book.name), command);
    ada.wait("Approved").wait("ATP-1");
    ada.send("2").wait("Unclaimed").wait(" held");
    // The next case is selected and the menu is over it, before anything of it can have been read.
    ada.send("a").wait("case actions");
    ada.send("c").wait("Writing …").wait("You have this case");
    ada.send("as").wait("Rationale");
    ada.send("\x1b[C\t\t\t\x1b[C\tbroken\x13").wait("yes, do it");
    ada.send("y").wait("Your decision is recorded");
    ada.send("1").wait("Dispute Resolved");
    ada.send("\x03");
    assert_eq!(ada.ended(), 0);
    let shown = book.run(&["case", "show", "ATP-1", "--json"]).one();
    assert_eq!((&shown["stage"], &shown["decision"]["decided_by"]), (&"decided".into(), &"ada".into()), "{shown}");
}
