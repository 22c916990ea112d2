//! The real binary in a real terminal: one person's session, and what remains after it.

use std::thread;
use std::time::Duration;

use super::pty::{Terminal, filled, find, size};
use crate::harness::PROGRAM;

/// Pasted text goes into a field as one line and presses no key.
#[tokio::test]
async fn pasted_text_is_text() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    it.send("\ra").wait("Withdraw");
    it.send("w").wait("Note");
    it.send("\x1b[200~she rang\rq twice\x1b[201~").wait("she rang q twice");
    // In the panes a paste does nothing.
    it.send("\x1b").wait("the rest, and why not");
    it.send("\x1b").wait("enter open");
    it.send("\x1b[200~qqaG\x1b[201~");
    it.send("j").wait("2 / 2");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// After many resizes the screen is complete at the last size.
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

/// On a slow line every byte arrives alone: arrow keys work or do nothing, and the rest of their bytes does nothing.
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
    // It counts as an arrow or as Esc, but never as a letter that does something.
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

/// Copied text reaches the terminal's clipboard exactly as it is in the book.
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
    it.wait("Sent to the terminal's clipboard: ATP-1");
    it.send("yc");
    // recourse show atarapay:ATP-1
    copied(&it, "cmVjb3Vyc2Ugc2hvdyBhdGFyYXBheTpBVFAtMQ==");
    it.send("a").wait("recourse act atarapay:ATP-1 withdraw");
    it.send("y").wait("clipboard: recourse act");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// After you press `m` a click selects and the wheel scrolls. The console releases the mouse on exit.
#[tokio::test]
async fn the_mouse_is_asked_for() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &[], &[]);
    it.wait("live").wait("Raise dispute");
    let mode = |it: &Terminal| it.screen.lock().unwrap().0.screen().mouse_protocol_mode();
    assert_eq!(mode(&it), vt100::MouseProtocolMode::None);
    it.send("m").wait("The mouse is on: a click selects");
    assert_ne!(mode(&it), vt100::MouseProtocolMode::None);
    // The second row of the list, below three heading lines.
    it.send("\x1b[<0;40;6M").send("\x1b[<0;40;6m").wait("2 / 2");
    it.send("\x1b[<64;40;6M").wait("1 / 2");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}

/// Ctrl-Z returns to the shell with the terminal restored. `fg` brings the console back as it was.
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

/// Without a database the program says so and does not touch the terminal.
#[tokio::test]
async fn an_error_leaves_the_terminal_alone() {
    let book = filled().await;
    let mut it = Terminal::open(&book, &["--database-url", "postgres://nobody@127.0.0.1:1/x"], &[]);
    it.wait_until("the reason", |screen, _| screen.contains("no database"));
    assert_eq!(it.exited(), 3);
    assert_eq!(find(&it.screen.lock().unwrap().1, b"\x1b[?1049h"), None, "the console entered the alternate screen");
}

/// Production is marked by its name, by arrows and by reverse video, not only by a colour.
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

/// A recording is masked, and plays back to the same screen without a database.
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
    it.send("she phoned").wait("she phoned");
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
    // As a word: the digits of a request id may happen to be the same letters.
    let words: std::collections::HashSet<&str> = text.split(|letter: char| !letter.is_alphanumeric()).collect();
    for private in ["Ada", "ada", "phoned"] {
        assert!(!words.contains(private), "{private} is in the recording");
    }
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let played = crate::harness::told(&mut crate::harness::program(&["replay", file.to_str().unwrap(), "--print"]));
    assert_eq!(played.code, 0, "{played:?}");
    // The board, its counts and the form are as before, except for the text that was typed and the message that is over.
    let rows =
        |text: &str| text.lines().skip(1).take(27).map(|line| line.chars().take(12).collect()).collect::<Vec<String>>();
    assert_eq!(rows(&played.out), rows(&shown), "{}\n{shown}", played.out);
    assert!(played.out.contains("Note        xxx xxxxxx  ") && played.out.contains("person 1"), "{}", played.out);
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
    it.wait("live").wait("largest first").wait("› Gulf");
    it.send(":view Gulf\r").wait("Gulf · oldest first");
    it.send("\x03");
    assert_eq!(it.ended(), 0);
}
