//! The mouse: what is drawn can be clicked, in menus, lists, forms and questions, and a click does no more than the keys.

use crossterm::event::{KeyCode, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use recourse::console::app::message::Message;
use recourse::console::kit::place::{Reach, under};

use super::desk::{Desk, small_book};
use super::matrix::STATES;

const LEFT: MouseEventKind = MouseEventKind::Down(MouseButton::Left);

fn at(desk: &mut Desk, kind: MouseEventKind, (column, row): (u16, u16)) {
    desk.tell(Message::Mouse(MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }));
}

/// Clicks on the first of these words on the screen, from the line on.
pub fn click(desk: &mut Desk, words: &str, from: usize) {
    let picture = desk.picture();
    let found = picture.lines().enumerate().skip(from).find_map(|(row, line)| {
        let byte = line.find(words)?;
        Some((line[..byte].chars().count() as u16, row as u16))
    });
    at(desk, LEFT, found.unwrap_or_else(|| panic!("no {words:?} from line {from}: {picture}")));
}

fn opened(keys: &str) -> Desk {
    let mut desk = Desk::new(small_book(), 140, 40);
    desk.press(keys);
    desk
}

/// Clicks on the words one after the other, and compares what the screen then says.
fn check(keys: &str, clicks: &[&str], expect: &str) {
    let mut desk = opened(keys);
    clicks.iter().for_each(|words| click(&mut desk, words, 1));
    assert!(desk.picture().contains(expect), "{keys}: {clicks:?}: {}", desk.picture());
}

#[test]
fn lists_menus_forms_and_buttons_are_clicked() {
    // The second click on a line of a menu chooses it.
    check("enter a ?", &["Withdraw, buyer", "Withdraw, buyer"], "Note");
    check(": \"theme\"", &["theme mono", "theme mono"], "Theme mono");
    // A tab of the requests lists its state; a request is selected.
    check("4", &["refused"], "[refused");
    check("4", &["unknown", "#"], "T-1005");
    check("enter c", &["[ ] status", "[ ] status"], "[x] status");
    // A question: Cancel closes it and nothing is asked for.
    let mut desk = opened(": \"status approved\" enter a a");
    assert!(desk.picture().contains("cannot be undone"), "{}", desk.picture());
    click(&mut desk, "[ Cancel", 1);
    assert!(!desk.picture().contains("cannot be undone") && !desk.app.is_writing(), "{}", desk.picture());
    let mut desk = opened(": \"status approved\" enter a a");
    click(&mut desk, "y  Authorise", 1);
    assert!(desk.app.is_writing(), "{}", desk.picture());
}

/// A click on a field of a form goes to it: what is typed next is its text.
#[test]
fn a_field_is_clicked() {
    let mut desk = opened("2 a s");
    click(&mut desk, "To seller", 1);
    let before = desk.picture();
    click(&mut desk, "Rationale", 1);
    assert_ne!(desk.picture(), before, "the field is marked");
    desk.press("\"thin paper\"");
    let line = desk.picture().lines().find(|line| line.contains("thin paper")).map(str::to_owned);
    assert!(line.is_some_and(|line| line.contains("Rationale")), "{}", desk.picture());
}

/// What was clicked is selected: a second click there would open it, or stay.
#[test]
fn what_is_clicked_is_selected() {
    for keys in ["enter a", "enter c", "2 a", "2 a s", "3", "3 enter", "3 shift-tab j", "4", "5", "ctrl-p"] {
        for place in opened(keys).app.places.clone() {
            let mut desk = opened(keys);
            let Reach::Steps(_) = place.by else { continue };
            at(&mut desk, LEFT, (place.area.x, place.area.y));
            let by = under(&desk.app.places, place.area.as_position());
            let here = match &by {
                Some(Reach::Steps(steps)) => steps.iter().all(|(_, times)| *times == 0),
                Some(Reach::Key(_)) => true,
                None => false,
            };
            assert!(here, "{keys}: {place:?}, then {by:?}: {}", desk.picture());
        }
    }
}

/// Every place of every screen can be clicked. Going somewhere never writes: only what Enter or `y` would do there can.
#[test]
fn going_somewhere_never_writes() {
    for (state, keys) in STATES {
        let places = opened(keys).app.places.clone();
        for place in &places {
            let mut desk = opened(keys);
            let goes = matches!(place.by, Reach::Steps(_) | Reach::Key(KeyCode::Esc));
            at(&mut desk, LEFT, (place.area.x, place.area.y));
            assert!(!goes || !desk.app.is_writing(), "{state}: {place:?}: {}", desk.picture());
        }
    }
}

/// The wheel moves through a list under the mouse.
#[test]
fn the_wheel_goes_through_a_list() {
    let mut desk = opened("4");
    let first = desk.app.requests.list.at();
    at(&mut desk, MouseEventKind::ScrollDown, (5, 5));
    assert_eq!(desk.app.requests.list.at(), first + 1);
}
