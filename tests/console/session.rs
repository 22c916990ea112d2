//! The real binary in a real terminal: a person's session, and what outlives it.

use std::thread;
use std::time::Duration;

use super::pty::{Terminal, filled, find, size};
use crate::harness::PROGRAM;

/// Pasted text goes into a field, on one line, and presses no key.
#[tokio::test]
async fn pasted_text_is_text() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    it.send("\ra").wait("Settle");
    it.send("w").wait("Note");
    it.send("\x1b[200~she rang\rq twice\x1b[201~").wait("she rang q twice");
    // In the panes a paste does nothing at all.
    it.send("\x1b").wait("the rest, and why not");
    it.send("\x1b").wait("enter open");
    it.send("\x1b[200~qqaG\x1b[201~");
    it.send("j").wait("2 / 2");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// A storm of sizes ends in a whole picture of the last one.
#[tokio::test]
async fn a_storm_of_sizes_ends_well() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("ATP-1");
    for round in 0..200_u16 {
        let (cols, rows) = (1 + round * 37 % 220, 1 + round * 13 % 70);
        // The emulator cannot wrap a line on a screen of one row; the program gets every size.
        it.screen.lock().unwrap().0.screen_mut().set_size(rows.max(2), cols.max(2));
        it.master.resize(size(cols, rows)).unwrap();
    }
    it.screen.lock().unwrap().0.screen_mut().set_size(30, 120);
    it.master.resize(size(120, 30)).unwrap();
    it.wait("Raise dispute").wait("enter open");
    it.send("\rj").wait("2 / 2");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// Over a slow line every byte comes alone: arrows are arrows, and their rests are nothing.
#[tokio::test]
async fn split_escapes_do_no_harm() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    it.send("\r").wait("1 / 2");
    for byte in ["\x1b", "[", "B"] {
        it.send(byte);
        thread::sleep(Duration::from_millis(40));
    }
    // Whether it was taken for an arrow or for Esc and nothing: never for a letter that does something.
    it.send("\x1b[A").send("\x1b[B");
    thread::sleep(Duration::from_millis(400));
    it.send(":").wait("type a command");
    for byte in ["\x1b", "O", "A"] {
        it.send(byte);
        thread::sleep(Duration::from_millis(40));
    }
    it.wait("enter open");
    assert_eq!(book.run(&["show", "ATP-1", "--json"]).one()["status"], "disputed");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// What is copied reaches the terminal's clipboard as it stands in the book.
#[tokio::test]
async fn copies_reach_the_terminal() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    let copied = |it: &Terminal, base64: &str| {
        let wanted = format!("\x1b]52;c;{base64}").into_bytes();
        it.wait_until(base64, move |_, bytes| find(bytes, &wanted).is_some());
    };
    it.send("\ry").wait("Copy of ATP-1");
    it.send("i");
    copied(&it, "QVRQLTE=");
    it.wait("Copied: ATP-1");
    it.send("yc");
    // recourse show atarapay:ATP-1
    copied(&it, "cmVjb3Vyc2Ugc2hvdyBhdGFyYXBheTpBVFAtMQ==");
    it.send("a").wait("recourse act atarapay:ATP-1 settle");
    it.send("y").wait("Copied: recourse act");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// The mouse is the terminal's until it is asked for; then a click selects and the wheel scrolls, and it is given back.
#[tokio::test]
async fn the_mouse_is_asked_for() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    let mode = |it: &Terminal| it.screen.lock().unwrap().0.screen().mouse_protocol_mode();
    assert_eq!(mode(&it), vt100::MouseProtocolMode::None);
    it.send("m").wait("The mouse selects and scrolls.");
    assert_ne!(mode(&it), vt100::MouseProtocolMode::None);
    // The second row of the list, under three headings.
    it.send("\x1b[<0;40;6M").send("\x1b[<0;40;6m").wait("2 / 2");
    it.send("\x1b[<64;40;6M").wait("1 / 2");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// A shell's own job control: stopped with Ctrl-Z, the terminal is the shell's; fg brings the console back as it was.
#[tokio::test]
async fn a_shell_suspends_and_resumes() {
    let book = filled().await;
    let mut it = Terminal::shell(&book);
    it.send(&format!("{PROGRAM}\r")).wait("live").wait("Raise dispute");
    it.send("\rj").wait("2 / 2");
    it.send("\x1a")
        .wait_until("the shell's prompt", |screen, _| screen.contains("shell>") && !screen.contains("2 / 2"));
    assert!(!it.screen.lock().unwrap().0.screen().alternate_screen());
    it.send("echo still $((20+3))\r").wait_until("the shell", |screen, _| screen.contains("still 23"));
    it.send("fg\r").wait("2 / 2");
    it.send("k").wait("1 / 2");
    it.send("qq").wait_until("the end", |screen, _| screen.contains("still 23"));
    it.send("exit\r");
    assert_eq!(it.exited(), 0);
}

/// Without a database it says so and what to do, and leaves the terminal as it was.
#[tokio::test]
async fn an_error_leaves_the_terminal_alone() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &["--database-url", "postgres://nobody@127.0.0.1:1/x"], &[]);
    it.wait_until("the reason", |screen, _| screen.contains("no database"));
    assert_eq!(it.exited(), 3);
    assert_eq!(find(&it.screen.lock().unwrap().1, b"\x1b[?1049h"), None, "the screen was never taken");
}

/// The environment's name: real money is said in words, in a shape, and not only in a colour.
#[tokio::test]
async fn production_is_an_alarm() {
    let book = filled().await;
    let it = Terminal::open(&book, &["--environment", "prod-eu"], &[("NO_COLOR", "1")]);
    it.wait("live").wait("▶ prod-eu ◀");
    let screen = it.screen.lock().unwrap();
    let text = screen.0.screen().contents();
    let at = text.lines().next().unwrap().chars().position(|letter| letter == '▶').unwrap() as u16;
    assert!(screen.0.screen().cell(0, at).unwrap().inverse(), "{text}");
}

/// What was recorded is written down masked, and plays back without a database to the same screen.
#[tokio::test]
async fn a_recording_plays_back() {
    let book = filled().await;
    let home = tempfile::tempdir().unwrap();
    let home_is = home.path().to_str().unwrap();
    let mut it = Terminal::open(&book, &["--as", "ada"], &[("HOME", home_is)]);
    it.wait("live").wait("Raise dispute");
    it.send("\rj").wait("2 / 2");
    it.send("/").wait("status: age>");
    it.send("buyer:ada").wait("3 found");
    it.send("\r").wait("Found");
    it.send("aw").wait("Note");
    it.send("she rang").wait("she rang");
    it.send("\x18d").wait("names masked");
    let shown = it.text();
    it.send("\x03");
    assert_eq!(it.ended(), 0);
    let folder = home.path().join(".local/state/recourse");
    let file = std::fs::read_dir(&folder)
        .unwrap()
        .map(|it| it.unwrap().path())
        .find(|it| it.extension().is_some_and(|end| end == "jsonl"));
    let file = file.expect("a recording");
    let text = std::fs::read_to_string(&file).unwrap();
    for private in ["Ada", "ada", "rang"] {
        assert!(!text.contains(private), "{private} is in the recording");
    }
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let played = crate::harness::told(&mut crate::harness::program(&["replay", file.to_str().unwrap(), "--print"]));
    assert_eq!(played.code, 0, "{played:?}");
    // The board with its counts, the form and all but what was typed into it: as it was.
    let rows =
        |text: &str| text.lines().skip(1).take(28).map(|line| line.chars().take(12).collect()).collect::<Vec<String>>();
    assert_eq!(rows(&played.out), rows(&shown), "{}\n{shown}", played.out);
    assert!(played.out.contains("Note        xxx xxxx  ") && played.out.contains("person 1"), "{}", played.out);
    std::fs::write(&file, "not a recording\n").unwrap();
    let foreign = crate::harness::told(&mut crate::harness::program(&["replay", file.to_str().unwrap(), "--print"]));
    assert!(foreign.code == 2 && foreign.err.contains("this is not a recording"), "{foreign:?}");
}

/// Views, columns and sorting are remembered from one session to the next.
#[tokio::test]
async fn the_next_session_remembers() {
    let book = filled().await;
    let home = tempfile::tempdir().unwrap();
    let variables = [("HOME", home.path().to_str().unwrap())];
    let mut it = Terminal::open(&book, &[], &variables);
    it.wait("live").wait("Raise dispute");
    it.send("\rs").wait("Sort this list");
    it.send("m").wait("largest first");
    it.send("/provider:tamara\x13").wait("Save the filter as a view");
    it.send("Gulf\r").wait("Saved as the view Gulf");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
    let config = std::fs::read_to_string(home.path().join(".config/recourse/config.toml")).unwrap();
    assert!(config.contains("Gulf = \"provider:tamara\""), "{config}");
    let mut it = Terminal::open(&book, &[], &variables);
    it.wait("live").wait("largest first").wait("4 Gulf");
    it.send("4").wait("Gulf · oldest first");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}
