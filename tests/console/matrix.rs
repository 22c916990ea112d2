//! Every pane, menu, form and dialog at six sizes as text, at one as styles, and compared across looks.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier, Style};
use recourse::console::kit::look::Look;
use recourse::settings::prefs::Prefs;
use recourse::settings::theme::Theme;

use super::desk::{Desk, Memory, session, small_book};

const SIZES: [(u16, u16); 6] = [(80, 24), (100, 30), (120, 40), (160, 45), (200, 60), (40, 12)];

/// The sizes at which looks are compared.
const COMPARED: [(u16, u16); 3] = [(80, 24), (160, 45), (40, 12)];

/// The screens under test, and the keys that open them.
pub const STATES: [(&str, &str); 63] = [
    ("board", ""),
    ("list", "enter"),
    ("order", "enter enter"),
    ("menu", "enter a"),
    ("menu_reasons", "enter a ?"),
    ("form_withdraw", "enter a w \"she rang\""),
    ("question_word", "enter a w \"she rang\" enter \"with\""),
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
    ("quarantine", "5 j"),
    ("quarantine_note", "5 a d \"a test\""),
    ("messages", "enter f f p p !"),
    ("desk", "2 enter"),
    ("desk_menu", "2 a ?"),
    ("desk_decide", "2 a s right right right tab tab tab tab \"broken\" enter"),
    ("desk_menu_many", "2 shift-tab j j j j j j j j j tab ctrl-a a"),
    ("desk_message", "2 M right \"where is the courier's note?\""),
    ("desk_ask", "2 a w 1"),
    ("desk_hand_over", "2 shift-tab k tab H 2 \"she knows the courier\""),
    ("desk_snooze", "2 shift-tab k tab a o"),
    ("desk_checklist", "2 a l"),
    ("desk_reason", "2 a r right tab \"1500\""),
    ("desk_approve", "2 shift-tab j j j j tab a v"),
    ("desk_pay", "2 shift-tab j j j j j tab a p \"bank-1\" ctrl-s"),
    ("desk_thread", "2 enter b"),
    ("desk_files", "2 f"),
    ("desk_file", "2 f enter"),
    ("desk_letters", "2 L"),
    ("desk_picker", "2 a f down"),
    ("desk_history", "2 e"),
    ("desk_copy", "2 y"),
    ("requests", "4 j"),
    ("request_menu", "4 a"),
    ("request_word", "4 a v \"seen\""),
    ("drift", "D j"),
    ("drift_adopt", "D a"),
    ("statements", "$"),
    ("team", "A"),
    ("team_actions", "A a"),
    ("team_role", "A j a t tab 3 ctrl-s"),
    ("watch", "3"),
    ("watch_message", "3 M"),
    ("watch_hand_over", "3 H"),
    ("watch_alerts", "3 shift-tab j"),
    ("acknowledge", "3 a \"4h token\""),
    ("stuck", "3 enter"),
    ("runbook", "3 enter i j"),
    ("plan", "3 P c j x n"),
    ("plan_question", "3 P 2 enter \"run\""),
    ("plans", "ctrl-p j enter \"ru\""),
];

fn desk(state: &str, keys: &str, prefs: Prefs, memory: Memory, (width, height): (u16, u16)) -> Desk {
    let mut desk = Desk::with(session(), prefs, memory, width, height);
    desk.press(keys);
    assert!(!desk.picture().is_empty(), "{state}");
    desk
}

/// One screen at all sizes, as one text.
fn pictures(state: &str, keys: &str, prefs: &Prefs, memory: &Memory) -> String {
    let mut text = String::new();
    for size in SIZES {
        let desk = desk(state, keys, prefs.clone(), memory.clone(), size);
        writeln!(text, "=== {}x{}\n{}", size.0, size.1, desk.picture()).unwrap();
    }
    text
}

/// The styles of a screen: one letter for each style, and a legend.
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

/// The book with right-to-left names in every place for a name, or with Latin names of the same length.
fn named_book(latin: bool) -> Memory {
    let name = |arabic: &str| {
        let letter = |letter| if latin && letter != ' ' { 'n' } else { letter };
        Some(arabic.chars().map(letter).collect::<String>())
    };
    let mut memory = small_book();
    for (stored, log) in &mut memory.orders {
        stored.buyer = name("سارة العتيبي");
        stored.seller = stored.seller.as_ref().and_then(|_| name("متجر لا مثيل له"));
        stored.merchant = name("الرياض هوم");
        log.iter_mut().filter(|entry| entry.note.is_some()).for_each(|entry| entry.note = name("قال نعم"));
    }
    memory
}

#[test]
fn every_screen_as_text() {
    for (state, keys) in STATES {
        insta::assert_snapshot!(format!("{state}_ansi"), pictures(state, keys, &Prefs::default(), &small_book()));
    }
}

#[test]
fn every_screen_as_styles() {
    for (state, keys) in STATES {
        let desk = desk(state, keys, theme("ansi"), small_book(), (120, 40));
        insta::assert_snapshot!(format!("{state}_styles_ansi"), styles(&desk.buffer()));
    }
}

/// Calls `check` with every state at every size, drawn with the default preferences and with `prefs`.
fn compare(prefs: &Prefs, check: impl Fn(&str, &Buffer, &Buffer)) {
    for (state, keys) in STATES {
        for size in COMPARED {
            let [plain, other] =
                [Prefs::default(), prefs.clone()].map(|prefs| desk(state, keys, prefs, small_book(), size).buffer());
            check(&format!("{state} at {}x{}", size.0, size.1), &plain, &other);
        }
    }
}

/// The rows of a screen without blanks: a wider sign may move what follows it within its row.
fn rows(buffer: &Buffer) -> Vec<String> {
    let row = |cells: &[Cell]| cells.iter().map(Cell::symbol).filter(|symbol| *symbol != " ").collect();
    buffer.content.chunks(usize::from(buffer.area.width)).map(row).collect()
}

/// ASCII replaces signs but no words, in every row.
#[test]
fn ascii_replaces_signs_and_no_word() {
    let (unicode, ascii) = (Look::new(Theme::NONE, false).glyphs, Look::new(Theme::NONE, true).glyphs);
    let cut = [("…", ">")];
    let signs: Vec<(&str, &str)> = unicode.all().into_iter().zip(ascii.all()).chain(cut).collect();
    let prefs = Prefs { ascii: true, ..Prefs::default() };
    compare(&prefs, |place, drawn, plain| {
        // A dialog is as wide as its words, so a wider sign makes it cover more of what is under it.
        let has_dialog = drawn.content.iter().any(|cell| cell.symbol() == unicode.frame.top_left);
        for (drawn, plain) in rows(drawn).into_iter().zip(rows(plain)) {
            // Words in Arabic have vowel signs and a comma of their own.
            let arabic = '\u{600}'..='\u{6ff}';
            let plain_sign = |letter: char| letter.is_ascii() || letter.is_alphabetic() || arabic.contains(&letter);
            assert!(plain.chars().all(plain_sign), "{place}: {plain}");
            let translated = signs.iter().fold(drawn, |row, (sign, ascii)| row.replace(sign, ascii.trim()));
            // The rightmost pane wraps its words, which a wider sign may move to the next row.
            let lists =
                |row: &str| row.rsplit_once(ascii.vertical).map_or(String::new(), |(lists, _)| lists.to_owned());
            let is_same = has_dialog || lists(&translated) == lists(&plain);
            assert!(is_same, "{place}:\n{translated}\n{plain}");
        }
    });
}

/// Mono changes no letter and sets no colour, and still highlights what the colours highlight by a background.
#[test]
fn mono_keeps_the_letters_and_sets_no_colour() {
    compare(&theme("mono"), |place, ansi, mono| {
        for (ansi, mono) in ansi.content.iter().zip(&mono.content) {
            assert_eq!(ansi.symbol(), mono.symbol(), "{place}");
            assert_eq!((mono.fg, mono.bg), (Color::Reset, Color::Reset), "{place}: a colour");
            let is_set_apart = ansi.bg != Color::Reset || ansi.modifier.contains(Modifier::REVERSED);
            assert!(!is_set_apart || !mono.modifier.is_empty(), "{place}: {} is not set apart", ansi.symbol());
        }
    });
}

/// In every theme, marked rows and disputes look different from other rows.
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

/// Right-to-left names move nothing next to them, whether the terminal or the console reorders them.
#[test]
fn right_to_left_names_move_no_column() {
    use recourse::settings::prefs::Bidi;
    for bidi in [Bidi::Terminal, Bidi::Application, Bidi::Off] {
        let prefs = Prefs { bidi, ..Prefs::default() };
        for (state, keys) in STATES {
            for size in COMPARED {
                let arabic = desk(state, keys, prefs.clone(), named_book(false), size).buffer();
                let latin = desk(state, keys, prefs.clone(), named_book(true), size).buffer();
                // Borders, and the digits of ids, amounts and times.
                let frames = |buffer: &Buffer| {
                    let is_fixed = |cell: &Cell| "│╭╮╰╯0123456789".contains(cell.symbol());
                    let places = buffer.content.iter().enumerate();
                    places.filter(|(_, cell)| is_fixed(cell)).map(|(at, _)| at).collect::<Vec<_>>()
                };
                assert_eq!(frames(&arabic), frames(&latin), "{state} {size:?} {bidi:?}");
            }
        }
    }
}
