//! Finding, marking and following orders: one test for each promise.

use recourse::console::app::load::Failure;
use recourse::console::app::message::{Effect, Message};
use recourse::console::quarantine::page::Quarantine;
use recourse::console::quarantine::state::How;
use recourse::console::runtime::{screen, update::update};
use recourse::domain::*;
use recourse::intake::quarantine::Answer;

use super::desk::{Desk, now, session, small_book, way};
use super::promises::{hold, many};

/// Marked orders stay marked when the list changes. An action applies only to the version that was marked.
#[test]
fn marks_are_frozen_and_judged_again() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press(": \"status approved\" enter ctrl-a");
    assert_eq!(desk.app.orders.marks.len(), 5);
    let moved = desk.app.orders.marks.orders()[1].order.key.id.clone();
    let step = way(desk.memory.order(&moved), Action::Authorise, now());
    desk.memory.step(&moved, step, "agent2");
    desk.moved(&[&moved]);
    assert_eq!(desk.app.orders.marks.len(), 5);
    assert!(desk.picture().contains("Authorise by agent2, now Authorised"), "{}", desk.picture());
    desk.press("a enter");
    // The question is about all five as they were marked, including the one that has moved since.
    assert!(desk.picture().contains("Authorise on 5 orders"), "{}", desk.picture());
    desk.press("\"authorise 5\" enter");
    let mut turns = 0;
    while let Some(Effect::WriteOne(command)) = desk.open.pop() {
        turns += 1;
        let now_is = desk.memory.orders.iter().find(|(stored, _)| stored.order.key == command.order).unwrap().clone();
        let answer = if Some(now_is.0.order.version) == command.expect {
            recourse::desk::Answer::Done(Box::new(now_is.1.last().unwrap().clone()))
        } else {
            recourse::desk::Answer::Conflict(Box::new(now_is.0), None)
        };
        desk.tell(Message::WroteOne(command, Ok(answer)));
    }
    assert_eq!(turns, 5);
    assert!(desk.picture().contains("4 done, 1 changed meanwhile"), "{}", desk.picture());
    // The order that changed is still marked.
    assert_eq!(desk.app.orders.marks.len(), 1);
}

/// A range marks the rows that you move over, and a jump ends it.
#[test]
fn ranges_mark_what_one_goes_over() {
    let mut desk = Desk::new(many(400), 120, 30);
    desk.press(": \"status pending\" enter v j j j k v");
    assert_eq!(desk.app.orders.marks.len(), 4);
    desk.press("u v G");
    assert!(desk.app.orders.marks.len() < 5 && !desk.app.orders.marks.range, "{}", desk.app.orders.marks.len());
}

/// A frozen screen does not change. When you unfreeze it, everything is read.
#[test]
fn a_frozen_screen_counts_what_waits() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("enter F j");
    let before = desk.picture();
    let step = way(desk.memory.order("ATP-20298"), Action::Withdraw, now());
    desk.memory.step("ATP-20298", step, "agent2");
    desk.moved(&["ATP-20298"]);
    let after = desk.picture();
    assert!(after.contains("frozen, 1 new (F)"), "{after}");
    assert_eq!(before.lines().skip(1).collect::<Vec<_>>(), after.lines().skip(1).collect::<Vec<_>>());
    desk.press("F");
    assert!(!desk.picture().contains("ATP-20298"), "{}", desk.picture());
}

/// A changed row has a mark for five seconds. The console redraws it when the mark ends.
#[test]
fn changed_rows_glow() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("enter");
    assert_eq!(desk.app.next_change(), None);
    desk.moved(&["ATP-20340"]);
    assert!(desk.picture().contains("• ATP-20340"), "{}", desk.picture());
    let until = desk.app.next_change().unwrap();
    assert_eq!(until, now() + chrono::TimeDelta::seconds(5));
    desk.now = until;
    desk.tell(Message::Tick);
    assert!(!desk.picture().contains("• ATP-20340"), "{}", desk.picture());
    assert_eq!(desk.app.next_change(), None);
}

/// You can save a filter as a view and open it by its number. A view remembers its sort order and its columns.
#[test]
fn views_are_kept_and_remember() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("/ \"provider:tamara\" ctrl-s \"Gulf\" enter");
    assert_eq!(desk.app.orders.list_title(), "Gulf");
    desk.press("s m c j space esc");
    let kept = desk.open.iter().rev().find_map(|effect| match effect {
        Effect::Remember(kept) => Some(kept.clone()),
        _ => None,
    });
    let kept = kept.unwrap();
    assert_eq!(kept["view Gulf"].sort, "amount");
    assert!(!kept["view Gulf"].columns.contains(&"amount".to_owned()), "{kept:?}");
    desk.press(": \"view Due in 6 hours\" enter");
    assert_eq!(
        (desk.app.orders.list_title().as_str(), desk.app.orders.sort()),
        ("Due in 6 hours", recourse::query::Sort::Age)
    );
    desk.press(": \"view Gulf\" enter");
    assert_eq!(
        (desk.app.orders.list_title().as_str(), desk.app.orders.sort()),
        ("Gulf", recourse::query::Sort::Amount)
    );
    desk.press("W");
    assert!(
        desk.app.orders.view().is_none() && desk.picture().contains("The view Gulf is forgotten"),
        "{}",
        desk.picture()
    );
}

/// You can go to an order by its id from anywhere. Text typed into a form is kept.
#[test]
fn one_goes_to_an_order_from_anywhere() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("enter a w \"she rang\" ctrl-o \"T-2001\" enter");
    assert_eq!(desk.app.orders.list.selected.as_ref().unwrap().id, "T-2001");
    assert!(desk.app.layers.is_empty() && desk.picture().contains("Authorised"), "{}", desk.picture());
    hold(&desk);
    desk.press("o \"nobody\" enter");
    assert!(desk.picture().contains("No order has the id nobody"), "{}", desk.picture());
    // The line stays open if no order is found, and Esc keeps its text. Keys typed ahead act on no other order.
    desk.press("a");
    assert!(desk.open.is_empty() || !desk.app.acts());
    desk.press("esc : \"ATP-20298\" enter a w");
    assert!(desk.picture().contains("she rang"), "{}", desk.picture());
}

/// With names masked, no screen shows a person's name or note.
#[test]
fn masked_screens_tell_nobody() {
    let prefs = recourse::settings::prefs::Prefs { mask: true, ..Default::default() };
    for keys in ["enter", "enter enter", "Q", "Q j", "/ \"buyer:ngozi\" enter", "enter c j j j j j space j space esc"] {
        let mut desk = Desk::with(session(), prefs.clone(), small_book(), 200, 60);
        desk.press(keys);
        let picture = desk.picture();
        for private in ["Ngozi", "Aba Leather", "reported by phone", "not JSON", "سارة"] {
            assert!(!picture.contains(private), "{keys}: {private} in\n{picture}");
        }
        assert!(picture.contains("•••"), "{keys}: {picture}");
    }
}

/// A filter with an error is not applied: the list always matches its heading.
#[test]
fn a_faulty_filter_is_not_kept() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("/ \"provider:tamara amount>1e5\" enter");
    assert!(desk.app.on_top::<recourse::console::orders::filter::FilterLine>().is_some(), "{}", desk.picture());
    assert!(desk.picture().contains("is not an amount"), "{}", desk.picture());
    desk.press("esc");
    assert!(!desk.app.orders.has_filter());
}

/// A failed write does not reopen its question on top of what was opened in the meantime.
#[test]
fn an_answered_question_never_comes_back() {
    for failure in [Failure::Lost, Failure::Other("refused".to_owned())] {
        let mut desk = Desk::new(small_book(), 120, 30);
        desk.press(": \"status approved\" enter a a right enter");
        let Some(Effect::Write(command)) = desk.open.pop() else { panic!("nothing was written") };
        desk.press("ctrl-o \"T-2001\"");
        desk.tell(Message::Wrote(command, Err(failure)));
        assert!(desk.picture().contains("T-2001"), "the typed text is gone: {}", desk.picture());
        desk.press("enter enter enter");
        assert!(!desk.open.iter().any(|effect| matches!(effect, Effect::Write(_))));
    }
}

/// No key confirms a question that another layer covers, or one that is uncovered but not yet drawn.
#[test]
fn a_covered_question_has_to_be_seen_again() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("enter a w \"she rang\" enter \"withdraw\" f12");
    assert!(desk.app.on_top::<recourse::console::frame::search::Search>().is_some());
    desk.press("enter");
    assert!(!desk.open.iter().any(|effect| matches!(effect, Effect::Write(_))), "help answered the question");
    desk.press("ctrl-o");
    for name in ["esc", "enter"] {
        let effects = update(&mut desk.app, Message::Key(super::desk::key(name)), now());
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Write(_))), "{name}");
    }
    // Once it is drawn again, the same question can be answered.
    screen::measure(&mut desk.app);
    desk.press("enter");
    assert!(desk.open.iter().any(|effect| matches!(effect, Effect::Write(_))), "{}", desk.picture());
}

/// An open menu keeps its order when shared views change.
#[test]
fn a_menu_stays_with_its_order_when_views_change() {
    let mut memory = small_book();
    memory.views = vec![("Gulf".to_owned(), "provider:tamara".to_owned())];
    let mut desk = Desk::new(memory, 120, 30);
    desk.press(": \"view Gulf\" enter j a");
    let target = desk.app.orders.list.selected.clone();
    desk.memory.views = vec![("Gulf".to_owned(), "provider:atarapay".to_owned())];
    desk.slow = true;
    desk.tell(Message::Views(Ok(desk.memory.views.clone())));
    (0..9).for_each(|_| desk.arrive(0));
    assert_eq!(desk.app.orders.list.selected, target);
    assert_eq!(desk.app.orders.shown.as_ref().map(|shown| shown.stored.order.key.clone()), target);
    hold(&desk);
}

/// Two views can have the same name. The console asks before it replaces a view.
#[test]
fn views_of_one_name_are_told_apart() {
    let mut memory = small_book();
    memory.views = vec![("Not confirmed".to_owned(), "provider:tamara unconfirmed".to_owned())];
    let mut desk = Desk::new(memory, 120, 30);
    desk.press("G k enter");
    desk.press("esc G enter");
    assert_eq!(
        desk.app.orders.listed_query().map(|(_, text)| text.to_owned()).as_deref(),
        Some("provider:tamara unconfirmed")
    );
    desk.press("esc G k k enter");
    assert_eq!(desk.app.orders.listed_query().map(|(_, text)| text.to_owned()).as_deref(), Some("unconfirmed"));
    desk.press("/ \"age>1h\" enter w tab \"Not confirmed\" enter");
    assert!(desk.picture().contains("Enter again to replace it"), "{}", desk.picture());
    desk.press("enter");
    assert!(desk.picture().contains("Saved as the view Not confirmed"), "{}", desk.picture());
}

/// The quarantine is grouped: Tab lists one kind after the other, and says how many there are of each.
#[test]
fn the_quarantine_is_listed_by_kind() {
    let mut desk = Desk::new(small_book(), 110, 30);
    let all = desk.memory.held.len();
    desk.press("5");
    assert!(desk.picture().contains(&format!("[all {all}]")), "{}", desk.picture());
    desk.press("tab");
    let first = desk.memory.held[0].why.clone();
    let facts = desk.app.quarantine.list.rows.clone().unwrap();
    assert!(!facts.is_empty() && facts.iter().all(|fact| fact.why == first), "{}", desk.picture());
    assert!(desk.picture().contains(&format!("[{} ", first.replace('_', " "))), "{}", desk.picture());
    desk.press("shift-tab");
    assert_eq!(desk.app.quarantine.list.rows.as_ref().map(Vec::len), Some(all));
}

/// Marked facts are dismissed one after the other, for one reason, and the next fact is there when they are gone.
#[test]
fn marked_facts_are_dismissed_together() {
    let mut desk = Desk::new(small_book(), 110, 30);
    desk.press("5 ctrl-a");
    assert!(desk.picture().contains("2 marked"), "{}", desk.picture());
    let ids: Vec<i64> = desk.memory.held.iter().map(|fact| fact.id).collect();
    let asked = |desk: &Desk| -> Vec<(i64, String)> {
        let settle = |effect: &Effect| match effect {
            Effect::Settle(id, How::Dismiss, note, None) => Some((*id, note.clone())),
            _ => None,
        };
        desk.open.iter().filter_map(settle).collect()
    };
    desk.press("a \"a test of the sender\" enter \"dismiss\" enter");
    let words = "a test of the sender".to_owned();
    assert_eq!(asked(&desk), [(ids[0], words.clone())], "one at a time: {}", desk.picture());
    desk.memory.held.remove(0);
    desk.tell(Message::Settled(ids[0], Ok(Answer::Done)));
    assert_eq!(asked(&desk).last(), Some(&(ids[1], words)));
    assert!(desk.picture().contains("Writing … 2 of 2"), "{}", desk.picture());
    desk.memory.held.clear();
    desk.tell(Message::Settled(ids[1], Ok(Answer::Done)));
    assert!(desk.picture().contains("2 facts are dismissed."), "{}", desk.picture());
    assert!(desk.picture().contains("Nothing here."), "{}", desk.picture());
}

/// One that cannot be dismissed ends it, and says how many were.
#[test]
fn a_fact_that_is_refused_ends_the_rest() {
    let mut desk = Desk::new(small_book(), 110, 30);
    desk.press("5 ctrl-a a \"a test\" enter \"dismiss\" enter");
    let ids: Vec<i64> = desk.memory.held.iter().map(|fact| fact.id).collect();
    desk.tell(Message::Settled(ids[0], Ok(Answer::Done)));
    desk.tell(Message::Settled(ids[1], Err(Failure::Lost)));
    assert!(desk.picture().contains("1 before it dismissed"), "{}", desk.picture());
    // `d` leads from a fact to its order.
    let mut desk = Desk::new(small_book(), 110, 30);
    desk.press("5 j d");
    assert!(desk.app.find::<Quarantine>().is_none(), "{}", desk.picture());
}
