//! Snapshots of the screens. `cargo insta review` shows what changed.

use recourse::console::app::load::Failure;
use recourse::console::app::message::Message;
use recourse::console::app::session::{Link, Session};
use recourse::console::kit::svg;
use recourse::desk::Answer;
use recourse::domain::*;
use recourse::records::OrderRecord;
use recourse::settings::prefs::Prefs;

use super::desk::{Desk, Memory, now, session, small_book, way};
use crate::harness::at;

macro_rules! screen {
    ($name:literal, $desk:expr) => {
        insta::assert_snapshot!($name, $desk.picture())
    };
}

fn desk(keys: &str) -> Desk {
    let mut desk = Desk::new(small_book(), 130, 32);
    desk.press(keys);
    desk
}

#[test]
fn the_three_panes() {
    screen!("panes", desk(""));
    screen!("panes_order", desk("enter j enter"));
    screen!("panes_tamara", desk("G k k k k k k k k k k k k k enter"));
    screen!("panes_80x24", {
        let mut it = Desk::new(small_book(), 80, 24);
        it.press("enter");
        it
    });
    for (name, keys) in [("one_pane_board", ""), ("one_pane_list", "enter"), ("one_pane_order", "enter enter")] {
        let mut it = Desk::new(small_book(), 40, 12);
        it.press(keys);
        insta::assert_snapshot!(name, it.picture());
    }
    screen!("too_small", Desk::new(small_book(), 19, 6));
    screen!("nothing_at_all", Desk::new(Memory::default(), 110, 20));
    screen!("an_empty_status", desk("j j"));
}

/// A long history shows its latest transitions and the number of earlier ones.
#[test]
fn a_long_history_says_what_is_not_shown() {
    let mut book = small_book();
    let (stored, log) = book.orders.iter_mut().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap();
    stored.order.version += 1_500;
    log.iter_mut().for_each(|entry| entry.seq += 1_500);
    log.drain(..3);
    let mut it = Desk::new(book, 130, 32);
    it.press("enter j enter");
    screen!("a_long_history", it);
}

/// The program draws the pictures in README. `UPDATE=1 cargo test --test console pictures` updates them.
#[test]
fn pictures_of_readme() {
    let pictures = [
        ("panes", "enter j enter"),
        ("menu", "enter a ?"),
        ("commands", ": \"th\""),
        ("watch", "3"),
        ("desk", "2 enter"),
    ];
    let papers = [("", svg::DARK, "ansi"), ("-light", svg::LIGHT, "light")];
    for ((name, keys), (end, paper, theme)) in pictures.into_iter().flat_map(|it| papers.iter().map(move |to| (it, to)))
    {
        let prefs = Prefs::default();
        let theme = prefs.themes.iter().position(|it| it.name == *theme).unwrap();
        let mut it = Desk::with(session(), Prefs { theme, ..prefs }, small_book(), 120, 30);
        it.press(keys);
        let drawn = svg::svg(&it.buffer(), paper);
        let file = format!("{}/assets/screens/{name}{end}.svg", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(std::path::Path::new(&file).parent().unwrap()).unwrap();
            std::fs::write(&file, drawn).unwrap();
        } else {
            let shown = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(shown == drawn, "{file} is out of date: run UPDATE=1 cargo test --test console pictures");
        }
    }
}

#[test]
fn the_menu() {
    screen!("menu", desk("enter a"));
    screen!("menu_with_reasons", desk("enter a ?"));
    screen!("menu_says_why_not", desk("enter a d"));
    screen!("menu_small", {
        let mut it = Desk::new(small_book(), 40, 12);
        it.press("enter a");
        it
    });
}

#[test]
fn the_filter() {
    screen!("filter_empty", desk("/"));
    screen!("filter_typed", desk("/ \"provider:atarapay aba\""));
    screen!("filter_fault", desk("/ \"statsu:disputed\""));
    screen!("filter_kept", desk("/ \"203\" enter j"));
    screen!("filter_finds_nothing", desk("/ \"nobody\" enter"));
}

#[test]
fn forms() {
    screen!("form_withdraw_for_the_buyer", desk("enter a w"));
    let mut capture = desk("G k k k k k k k k k k enter");
    assert_eq!(capture.app.orders.chosen, tamara::Status::PartiallyCaptured.status());
    capture.press("a c \"250\"");
    screen!("form_capture", capture);
}

#[test]
fn the_question() {
    screen!("question_with_a_word", {
        let mut it = desk("enter a w \"she rang\" enter");
        it.press("\"sett\"");
        it
    });
    let mut it = desk("G k k k k k k k k k k k k k enter a a");
    screen!("question_cancel_is_the_default", it);
    it.press("right enter");
    screen!("question_writing", it);
}

fn writing() -> (Desk, Box<recourse::desk::Command>) {
    let mut it = desk("G k k k k k k k k k k k k k enter a a right enter");
    let Some(recourse::console::app::message::Effect::Write(command)) = it.open.pop() else {
        panic!("nothing was written")
    };
    (it, command)
}

#[test]
fn how_a_write_ends() {
    let (mut done, command) = writing();
    let id = command.order.id.clone();
    let step = way(done.memory.order(&id), Action::Authorise, now());
    done.memory.step(&id, step, "agent1");
    let entry =
        done.memory.orders.iter().find(|(stored, _)| stored.order.key.id == id).unwrap().1.last().unwrap().clone();
    done.tell(Message::Wrote(command, Ok(Answer::Done(Box::new(entry)))));
    screen!("write_done", done);

    let (mut lost, command) = writing();
    let id = command.order.id.clone();
    let step = way(lost.memory.order(&id), Action::Authorise, at("2026-11-20T11:59:07Z"));
    lost.memory.step(&id, step, "agent2");
    let (stored, log) = lost.memory.orders.iter().find(|(stored, _)| stored.order.key.id == id).unwrap().clone();
    lost.tell(Message::Wrote(command, Ok(Answer::Conflict(Box::new(stored), log.last().cloned().map(Box::new)))));
    screen!("write_conflict", lost);

    let (mut unknown, command) = writing();
    unknown.tell(Message::Wrote(command.clone(), Err(Failure::Unknown)));
    screen!("write_unknown", unknown);
    unknown.tell(Message::Learnt(command, Ok(None)));
    screen!("write_was_not_recorded", unknown);
}

#[test]
fn an_order_that_moves_away_stays_dimmed() {
    let mut it = desk("enter j");
    let step = way(it.memory.order("ATP-20311"), Action::Withdraw, now());
    it.memory.step("ATP-20311", step, "agent2");
    it.moved(&["ATP-20311"]);
    screen!("moved_away", it);
    it.press("a");
    screen!("moved_away_menu", it);
}

#[test]
fn a_lost_connection_is_said() {
    let mut it = desk("enter");
    let lost = Link::Lost { since: at("2026-11-20T11:58:00Z"), retry_at: at("2026-11-20T12:00:04Z") };
    it.tell(Message::Link(lost));
    screen!("stale", it);
    it.press("a w \"she rang\" enter \"withdraw\" enter");
    screen!("stale_refuses_to_write", it);
}

#[test]
fn quarantine_help_and_messages() {
    screen!("quarantine", desk("5 j"));
    screen!("quarantine_dismiss", {
        let mut it = desk("5 a d");
        it.press("\"a test line\"");
        it
    });
    screen!("help", desk("?"));
    screen!("messages", desk("a !"));
}

#[test]
fn read_only_says_so() {
    let mut it = Desk::sit(Session { read_only: true, ..session() }, small_book(), 130, 32);
    it.press("enter a w");
    screen!("read_only", it);
}

#[test]
fn plain_signs() {
    let mut it = desk("enter a");
    (it.app.prefs.ascii, it.app.prefs.colour) = (true, false);
    screen!("ascii", it);
    let cells = it.buffer();
    let coloured = cells.content.iter().any(|cell| {
        use ratatui::style::Color::Reset;
        cell.fg != Reset || cell.bg != Reset
    });
    assert!(!coloured, "a colour is set");
}

/// Names in other scripts move no column.
#[test]
fn names_of_all_kinds() {
    let mut memory = Memory::default();
    let approved = tamara::Status::Approved.status();
    for (number, (id, buyer)) in
        [("T-سلام", "لا إله"), ("T-日本", "evil\u{202e}00.1 RAS"), ("T-e\u{301}", "a\u{1b}[31mred"), ("T-plain", "Ada")]
            .into_iter()
            .enumerate()
    {
        let stored: &mut OrderRecord = memory.put(id, Money::new(10_000, Currency::Sar), approved, 60 - number as i64);
        stored.buyer = Some(buyer.to_owned());
    }
    let mut it = Desk::new(memory, 120, 24);
    it.press("enter");
    screen!("names", it);
}

#[test]
fn every_size_draws() {
    let states = [
        "",
        "enter",
        "enter enter",
        "enter a",
        "enter a ?",
        "enter a w",
        "enter a w \"she rang\" enter",
        "5",
        "5 a d",
        "?",
        "!",
    ];
    for keys in states {
        let mut it = desk(keys);
        for width in (1..=200).step_by(7).chain([19, 20, 59, 60, 109, 110]) {
            for height in (1..=60).step_by(5).chain([4, 5, 14, 15]) {
                it.tell(Message::Resize(width, height));
                it.buffer();
            }
        }
        // Keys do no harm at this size either.
        it.tell(Message::Resize(1, 1));
        it.press("j G pgdn g g ctrl-u tab");
        it.buffer();
    }
}

/// What identifies an order, how much it is and how much time is left are never cut in a list: other columns go first.
#[test]
fn no_id_is_cut_in_a_list() {
    let long = "ATP-2026-1130-000000020311";
    for width in [60, 80, 100, 120, 160, 200] {
        for keys in ["2 shift-tab j j j j j j j j j tab", "1 enter", "3 G tab"] {
            let mut memory = small_book();
            let disputed = super::desk::disputed();
            memory.put(long, Money::new(31_345_000, Currency::Ngn), disputed, 200);
            memory.put("T-2026-1130-00000000001005", Money::new(31_345_000, Currency::Sar), recourse::stuck::STUCK, 70);
            let mut desk = Desk::new(memory, width, 30);
            desk.press(keys);
            let picture = desk.picture();
            let listed = picture.lines().skip(2).filter(|line| line.contains("-2026-1130"));
            let mut seen = 0;
            for line in listed {
                seen += 1;
                let whole = line.contains(long) || line.contains("T-2026-1130-00000000001005");
                assert!(whole, "{width} {keys}: {line}\n{picture}");
            }
            assert!(seen > 0, "{width} {keys}: nothing is listed\n{picture}");
        }
    }
}

/// The terminal's answer about its background comes among the keys: it changes the theme, and no key.
#[test]
fn the_theme_follows_a_light_background() {
    use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
    let theme = |follows: bool, answer: &str| {
        let mut desk = Desk::new(small_book(), 120, 30);
        desk.app.prefs.follows = follows;
        desk.press("enter");
        let alt = |letter| Message::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::ALT));
        desk.tell(alt(']'));
        answer.chars().for_each(|letter| desk.tell(Message::Key(KeyCode::Char(letter).into())));
        desk.tell(alt('\\'));
        desk.press("j");
        assert!(desk.picture().contains("2 / 3"), "a key was lost: {}", desk.picture());
        desk.app.prefs.themes[desk.app.prefs.theme].name.clone()
    };
    assert_eq!(theme(true, "11;rgb:ffff/ffff/ffff"), "light");
    assert_eq!(theme(true, "11;rgb:1d1d/1f1f/2121"), "ansi");
    assert_eq!(theme(false, "11;rgb:ffff/ffff/ffff"), "ansi", "the person chose it");
}
