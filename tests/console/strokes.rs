//! How many keys frequent work takes, apart from the words that have to be written, through the real handling of keys.

use recourse::console::app::message::Effect;
use recourse::console::app::message::Message;
use recourse::console::disputes::requests::{Ask, News};
use recourse::desk::cases::{Answer, CaseCommand, PayoutUpdate};
use recourse::records::Party;

use super::cases::{acted, book, desk, whole};
use super::desk::Desk;

/// How many keys these are, without quoted words.
fn count(keys: &str) -> usize {
    let mut quoted = false;
    let mut count = 0;
    for part in keys.split(' ') {
        count += usize::from(!quoted && !part.starts_with('"'));
        quoted ^= part.matches('"').count() % 2 == 1;
    }
    count
}

/// Presses the keys on the disputes, and returns the case command that they sent.
fn sends(before: &str, keys: &str, expect: usize) -> CaseCommand {
    let mut desk = Desk::new(book(), 140, 40);
    desk.press("2").press(before).press(keys);
    assert_eq!(count(keys), expect, "{keys}");
    let sent = desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Disputes(Ask::Act(command)) => Some(command.what.clone()),
        _ => None,
    });
    sent.unwrap_or_else(|| panic!("{keys} sent nothing: {}", desk.picture()))
}

#[test]
fn frequent_work_is_short() {
    // With N for taking the case, six.
    let decided = sends("", "a s 3 \"broken before\" ctrl-s y", 5);
    assert!(matches!(decided, CaseCommand::Decide { .. }), "{decided:?}");
    let asked = sends("", "a w 1 ctrl-s", 4);
    assert!(
        matches!(&asked, CaseCommand::SendMessage { message, ask: true } if message.party == Party::Buyer),
        "{asked:?}"
    );
    let written = sends("", "M 1 ctrl-s", 3);
    assert!(matches!(&written, CaseCommand::SendMessage { ask: false, .. }), "{written:?}");
    let ticked = sends("a l", "2", 1);
    assert!(matches!(ticked, CaseCommand::TickChecklist { done: true, .. }), "{ticked:?}");
    let paid = sends("shift-tab j j j j j tab", "a p \"bank-1\" ctrl-s y", 4);
    assert!(
        matches!(&paid, CaseCommand::RecordPayout { how: PayoutUpdate::Confirmed { reference, .. }, .. } if reference == "bank-1"),
        "{paid:?}"
    );
    let moved = sends("", "a c", 2);
    assert!(matches!(moved, CaseCommand::Take), "{moved:?}");
    let handed = sends("shift-tab k tab", "H 2 \"she knows the courier\" ctrl-s", 3);
    assert!(matches!(&handed, CaseCommand::HandOver { to, .. } if to == "ada"), "{handed:?}");
    let approved = sends("shift-tab j j j j tab", "a v \"approve\" enter", 3);
    assert!(matches!(approved, CaseCommand::Approve { .. }), "{approved:?}");
}

/// After a decision the next case of the queue is selected, and the message says which case was decided.
#[test]
fn the_next_case_comes_by_itself() {
    let mut desk = Desk::new(book(), 140, 40);
    desk.press("2 shift-tab j j j j j j j j j tab");
    let cases: Vec<String> = desk.app.disputes.cases().iter().map(|case| case.order_id.clone()).collect();
    let at = cases.iter().position(|id| id == "atarapay:ATP-20311").expect("the case is open");
    // The next one to decide: what is resolved already, or proposed, is passed over.
    let open = |id: &&String| {
        desk.app
            .disputes
            .cases()
            .iter()
            .any(|case| case.order_id == **id && case.queue == recourse::records::Queue::Working)
    };
    let next = cases[at + 1..].iter().chain(&cases).find(open).unwrap().clone();
    desk.press(&"j ".repeat(at)).press("a s 3 \"broken before\" ctrl-s y");
    let command = desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Disputes(Ask::Act(command)) => Some(command.clone()),
        _ => None,
    });
    let stored = desk.memory.orders.iter().find(|(stored, _)| stored.order.key.id == "ATP-20311").unwrap().0.clone();
    let done = Answer::Done(Box::new(whole(&stored).unwrap()));
    desk.tell(Message::Disputes(News::Acted(command.expect("a decision"), Ok(done))));
    assert_eq!(desk.app.disputes.selected.as_ref().map(|(id, _)| id), Some(&next), "{}", desk.picture());
    assert!(desk.picture().contains("ATP-20311: Your decision is recorded."), "{}", desk.picture());
}

/// The mouse goes to a screen, selects a queue and a case, and presses the keys of the last line; it runs no action.
#[test]
fn the_mouse_selects_and_opens() {
    use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
    use recourse::console::app::screen::Screen;
    let mut desk = Desk::new(book(), 140, 40);
    let click = |desk: &mut Desk, words: &str, line: usize| {
        let picture = desk.picture();
        let at = picture.lines().nth(line).and_then(|text| text.find(words).map(|byte| text[..byte].chars().count()));
        let column = at.unwrap_or_else(|| panic!("no {words:?} in line {line}: {picture}")) as u16;
        let kind = MouseEventKind::Down(MouseButton::Left);
        desk.tell(Message::Mouse(MouseEvent { kind, column, row: line as u16, modifiers: KeyModifiers::NONE }));
    };
    click(&mut desk, "Disputes", 0);
    assert_eq!(desk.app.screen(), Screen::Disputes);
    click(&mut desk, "All open", 12);
    assert_eq!(desk.app.disputes.queue, recourse::records::Queue::Open);
    let second = desk.app.disputes.cases()[1].order_id.clone();
    let id = second.split_once(':').unwrap().1.to_owned();
    click(&mut desk, &id, 4);
    assert_eq!(desk.app.disputes.selected.as_ref().map(|(order, _)| order), Some(&second));
    click(&mut desk, "actions", 39);
    assert!(desk.picture().contains("case actions"), "{}", desk.picture());
    assert!(!desk.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::Act(_)))));
}

/// Enter goes from field to field, and sends from the last one only: what is typed next never becomes a command.
#[test]
fn enter_goes_through_a_form() {
    let mut it = desk("a w enter \"where is it?\" enter \"please tell us\"");
    let sent = |it: &Desk| it.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::Act(_))));
    assert!(!sent(&it), "{}", it.picture());
    it.press("ctrl-s");
    let body = match &acted(&it).what {
        CaseCommand::SendMessage { message, .. } => message.body.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(body, "where is it?\nplease tell us", "Enter is a new line of a message");
    // In a field of one line Enter goes on, and after the last one the question's Enter is Cancel.
    let mut it = desk("shift-tab j j j j j tab a p \"bank-1\" enter");
    it.press("enter");
    assert!(!sent(&it), "Enter is Cancel: {}", it.picture());
    it.press("enter y");
    assert!(sent(&it), "{}", it.picture());
}

/// Words that were meant for a form agree to nothing: a `y` within a second of another letter does not count.
#[test]
fn typed_words_agree_to_nothing() {
    let sent = |it: &Desk| it.open.iter().any(|effect| matches!(effect, Effect::Disputes(Ask::Act(_))));
    let mut it = desk("a s 3 \"broken before\" ctrl-s");
    assert!(it.picture().contains("yes, do it"), "{}", it.picture());
    it.press("F i f t y space f i f t y");
    assert!(!sent(&it) && it.picture().contains("nothing is typed here"), "{}", it.picture());
    let mut calm = desk("a s 3 \"broken before\" ctrl-s");
    calm.press("y");
    assert!(sent(&calm), "{}", calm.picture());
}

/// What is marked is meant, not the case under the cursor.
#[test]
fn a_message_is_for_the_marked_cases() {
    let mut it = desk("shift-tab j j j j j j j j j tab ctrl-a M");
    assert!(it.picture().contains("marked cases"), "{}", it.picture());
    it.press("esc H");
    assert!(it.picture().contains("marked cases"), "{}", it.picture());
}
