//! Every pane, menu, form and dialog at four sizes, in four looks: as text, and once more as styles.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::style::Style;
use recourse::console::prefs::Prefs;

use super::desk::{Desk, Memory, seat, small_book};

const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (200, 60), (40, 12)];

/// What is looked at, and the keys that lead there.
const STATES: [(&str, &str); 37] = [
    ("board", ""),
    ("list", "enter"),
    ("order", "enter enter"),
    ("menu", "enter a"),
    ("menu_reasons", "enter a ?"),
    ("form_settle", "enter a s tab \"1000\""),
    ("form_withdraw", "enter a w \"she rang\""),
    ("question_word", "enter a s left enter \"set\""),
    ("question_answer", ": \"status approved\" enter a a"),
    ("filter", "/ \"provider:tamara unconfirmed\""),
    ("filter_fault", "/ \"statsu:disputed\""),
    ("found", "/ \"buyer:ngozi\" enter"),
    ("view", "1"),
    ("help", "?"),
    ("help_narrowed", "? \"mark\""),
    ("commands", ": \"th\""),
    ("goto", "o \"T-10\""),
    ("view_name", "/ \"age>48h\" ctrl-s \"Old ones\""),
    ("sort", "enter s"),
    ("copy", "enter y"),
    ("columns", "enter c j space"),
    ("marked", ": \"status approved\" enter space space"),
    ("marked_question", ": \"status approved\" enter v j j v a enter \"auth\""),
    ("quarantine", "Q j"),
    ("quarantine_note", "Q d \"a test\""),
    ("messages", "enter f f p p !"),
    ("desk", "d enter"),
    ("desk_menu", "d a ?"),
    ("desk_decide", "d a s right right right tab tab tab tab \"broken\" enter"),
    ("watch", "S"),
    ("watch_alerts", "S tab j"),
    ("acknowledge", "S a \"4h token\""),
    ("stuck", "S enter"),
    ("runbook", "S enter i j"),
    ("plan", "S P c j x n"),
    ("plan_question", "S P 2 enter \"run\""),
    ("plans", "ctrl-p j enter \"ru\""),
];

fn desk(state: &str, keys: &str, prefs: Prefs, memory: Memory, (width, height): (u16, u16)) -> Desk {
    let mut desk = Desk::with(seat(), prefs, memory, width, height);
    desk.press(keys);
    assert!(!desk.picture().is_empty(), "{state}");
    desk
}

/// All sizes of one look in one text.
fn pictures(state: &str, keys: &str, prefs: &Prefs, memory: &Memory) -> String {
    let mut text = String::new();
    for size in SIZES {
        let desk = desk(state, keys, prefs.clone(), memory.clone(), size);
        writeln!(text, "=== {}x{}\n{}", size.0, size.1, desk.picture()).unwrap();
    }
    text
}

/// The styles of a screen: a letter for every style, and what the letters mean.
fn styles(buffer: &Buffer) -> String {
    let mut letters: BTreeMap<String, char> = BTreeMap::new();
    let mut rows = String::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let style = Style::new().fg(cell.fg).bg(cell.bg);
            let name = format!("{:?} on {:?} {:?}", style.fg.unwrap(), style.bg.unwrap(), cell.modifier);
            let plain = name == "Reset on Reset NONE";
            let next = char::from(b'a' + letters.len() as u8);
            row.push(if plain { ' ' } else { *letters.entry(name).or_insert(next) });
        }
        writeln!(rows, "{}", row.trim_end()).unwrap();
    }
    let mut legend: Vec<(char, String)> = letters.into_iter().map(|(name, letter)| (letter, name)).collect();
    legend.sort();
    let legend: Vec<String> = legend.into_iter().map(|(letter, name)| format!("{letter}: {name}")).collect();
    format!("{rows}{}\n", legend.join("\n"))
}

fn theme(name: &str) -> Prefs {
    let prefs = Prefs::default();
    let theme = prefs.themes.iter().position(|theme| theme.name == name).unwrap();
    Prefs { theme, ..prefs }
}

/// Names that are read from the right, in every place a name can stand.
fn arabic_book() -> Memory {
    let mut memory = small_book();
    for (stored, log) in &mut memory.orders {
        stored.buyer = Some("سارة العتيبي".to_owned());
        stored.seller = stored.seller.as_ref().map(|_| "متجر لا مثيل له".to_owned());
        stored.merchant = Some("الرياض هوم".to_owned());
        log.iter_mut().filter(|entry| entry.note.is_some()).for_each(|entry| entry.note = Some("قال نعم".to_owned()));
    }
    memory
}

#[test]
fn every_screen_as_text() {
    let ascii = Prefs { ascii: true, ..Prefs::default() };
    for (state, keys) in STATES {
        let ansi = pictures(state, keys, &Prefs::default(), &small_book());
        assert_eq!(ansi, pictures(state, keys, &theme("mono"), &small_book()), "{state}: a theme changes no letter");
        insta::assert_snapshot!(format!("{state}_ansi"), ansi);
        let plain = pictures(state, keys, &ascii, &small_book());
        // But for the orders' own words.
        assert!(plain.chars().all(|letter| letter.is_ascii() || letter.is_alphabetic()), "{state}: {plain}");
        insta::assert_snapshot!(format!("{state}_ascii"), plain);
        insta::assert_snapshot!(format!("{state}_arabic"), pictures(state, keys, &Prefs::default(), &arabic_book()));
    }
}

#[test]
fn every_screen_as_styles() {
    for (state, keys) in STATES {
        for name in ["ansi", "mono"] {
            let mut text = String::new();
            for size in SIZES {
                let desk = desk(state, keys, theme(name), small_book(), size);
                writeln!(text, "=== {}x{}\n{}", size.0, size.1, styles(&desk.buffer())).unwrap();
            }
            if name == "mono" {
                assert!(
                    text.lines().filter(|line| line.contains(" on ")).all(|line| line.contains("Reset on Reset")),
                    "{state}: a colour"
                );
            }
            insta::assert_snapshot!(format!("{state}_styles_{name}"), text);
        }
    }
}

/// Whatever the theme: what is selected, wrong and marked looks different from what is not.
#[test]
fn every_theme_tells_things_apart() {
    for named in Prefs::default().themes {
        let desk = desk("marked", ": \"status approved\" enter space", theme(&named.name), small_book(), (120, 40));
        let buffer = desk.buffer();
        let find = |wanted: &str| {
            let cell = buffer.content.iter().position(|cell| cell.symbol() == wanted);
            let cell = &buffer.content[cell.unwrap_or_else(|| panic!("{}: no {wanted}", named.name))];
            (cell.fg, cell.bg, cell.modifier)
        };
        let plain = find("○");
        assert_ne!(find("■"), plain, "{}: marked", named.name);
        assert_ne!(find("◆"), plain, "{}: a dispute", named.name);
    }
}

/// Names from the right: nothing beside them moves, whoever turns them around.
#[test]
fn right_to_left_names_move_no_column() {
    use recourse::console::prefs::Bidi;
    for bidi in [Bidi::Terminal, Bidi::Application, Bidi::Off] {
        let prefs = Prefs { bidi, ..Prefs::default() };
        for (state, keys) in STATES {
            for size in SIZES {
                let arabic = desk(state, keys, prefs.clone(), arabic_book(), size).buffer();
                let latin = desk(state, keys, prefs.clone(), small_book(), size).buffer();
                let frames = |buffer: &Buffer| {
                    let places = buffer.content.iter().enumerate();
                    places.filter(|(_, cell)| "│╭╮╰╯".contains(cell.symbol())).map(|(at, _)| at).collect::<Vec<_>>()
                };
                // Notes may be longer or shorter and make a dialog higher; the panes' borders stay where they are.
                if !matches!(state, "found" | "filter") {
                    assert_eq!(frames(&arabic), frames(&latin), "{state} {size:?} {bidi:?}");
                }
            }
        }
    }
}
