//! What the console promises whatever happens.

use proptest::prelude::*;
use recourse::console::app::{Effect, Layer, Message, Seat};
use recourse::domain::*;

use super::desk::{Desk, Memory, disputed, key, now, seat, small_book, way};

fn a_key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "j",
        "k",
        "G",
        "g",
        "enter",
        "esc",
        "tab",
        "shift-tab",
        "a",
        "s",
        "w",
        "h",
        "x",
        "c",
        "r",
        "1",
        "2",
        "?",
        "!",
        "Q",
        "d",
        "left",
        "right",
        "up",
        "down",
        "pgdn",
        "pgup",
        "ctrl-d",
        "ctrl-u",
        "ctrl-l",
        "0",
        "5",
        ".",
        "e",
        "n",
        "[",
        "O",
        "A",
        "q",
    ])
}

/// The invariants of every moment.
fn hold(desk: &Desk) {
    let app = &desk.app;
    desk.buffer();
    if let Some(selected) = &app.list.selected {
        assert!(app.list.rows.iter().any(|row| row.stored.order.key == *selected), "the selection is nowhere");
        assert_eq!(app.shown.as_ref().map(|shown| &shown.stored.order.key), Some(selected), "another order is shown");
    }
    for layer in &app.layers {
        if let Layer::Menu(menu) = layer {
            let order = &app.shown.as_ref().expect("a menu without an order").stored.order;
            let allowed = |choice: &Choice| {
                order.status.rules().iter().any(|rule| (rule.action, rule.actor) == (choice.action, choice.actor))
            };
            assert!(app.choices(menu).iter().filter(|choice| choice.verdict.is_ok()).all(allowed));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(120) })]

    #[test]
    fn any_keys_keep_the_invariants(keys in prop::collection::vec(a_key(), 1..60)) {
        let mut desk = Desk::new(small_book(), 100, 30);
        for name in keys {
            desk.tell(Message::Key(key(name)));
            hold(&desk);
        }
    }

    #[test]
    fn nothing_is_written_in_read_only(keys in prop::collection::vec(a_key(), 1..80)) {
        let mut desk = Desk::sit(Seat { read_only: true, ..seat() }, small_book(), 100, 30);
        desk.press("enter");
        for name in keys {
            desk.tell(Message::Key(key(name)));
        }
        let writes = desk.open.iter().any(|effect| matches!(effect, Effect::Write(_) | Effect::Settle(..)));
        prop_assert!(!writes);
    }

    /// Whoever moves whatever meanwhile: what was asked is what runs, on the order it was asked of.
    #[test]
    fn nobody_acts_on_the_neighbour(moves in prop::collection::vec((0_usize..40, 0_usize..8), 1..60), pick in 0_usize..20) {
        let mut memory = Memory::default();
        for number in 0..40_i64 {
            memory.put(&format!("A-{number}"), Money::new(10_000, Currency::Ngn), disputed(), 300 - number);
        }
        let mut desk = Desk::new(memory, 130, 30);
        desk.press("enter");
        (0..pick).for_each(|_| { desk.press("j"); });
        let target = desk.app.list.selected.clone().unwrap();
        desk.press("a s left");
        for (which, how) in moves {
            let id = format!("A-{which}");
            let order = desk.memory.order(&id);
            let steps = super::harness::moves(order, now());
            if id != target.id && !steps.is_empty() {
                let step = steps[how % steps.len()].clone();
                desk.memory.step(&id, step, "agent2");
                desk.moved(&[&id]);
            }
            prop_assert_eq!(desk.app.list.selected.as_ref(), Some(&target));
        }
        desk.press("enter \"settle\" enter");
        let written: Vec<_> = desk.open.iter().filter_map(|effect| match effect {
            Effect::Write(command) => Some((command.order.clone(), command.expect)),
            _ => None,
        }).collect();
        let version = desk.memory.order(&target.id).version;
        prop_assert_eq!(written, vec![(target, Some(version))]);
    }
}

/// An order that somebody moves while its question is open: the answer is gone, and nothing is written.
#[test]
fn a_question_dies_with_its_order() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter a s left enter");
    let id = desk.app.list.selected.clone().unwrap().id;
    let step = way(desk.memory.order(&id), Action::Withdraw, now());
    desk.memory.step(&id, step, "agent2");
    desk.moved(&[&id]);
    desk.press("\"settle\" enter enter enter");
    assert!(!desk.open.iter().any(|effect| matches!(effect, Effect::Write(_))));
    assert!(desk.picture().contains("agent2 moved it to Dispute Resolved at 12:00:00 UTC"), "{}", desk.picture());
}

/// Esc closes a form and keeps what was typed, for this order and action only.
#[test]
fn drafts_are_kept_by_order_and_action() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter a w \"she rang\" esc esc");
    desk.press("j a w");
    assert!(!desk.picture().contains("she rang"));
    desk.press("esc esc k a w");
    assert!(desk.picture().contains("she rang"), "{}", desk.picture());
    desk.press("esc esc h q");
    assert!(!desk.open.contains(&Effect::Quit), "a form was filled in and not sent");
    desk.press("q");
    assert!(desk.open.contains(&Effect::Quit));
}

/// Arabic keyboards work: the letter means the key it lies on.
#[test]
fn an_arabic_layout_moves_too() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter");
    let first = desk.app.list.selected.clone();
    desk.press("ت");
    assert_ne!(desk.app.list.selected, first);
    desk.press("ن");
    assert_eq!(desk.app.list.selected, first);
}

/// A long list: pages come as one goes, both ways, and to both ends.
#[test]
fn a_long_list_is_walked_in_pages() {
    let mut memory = Memory::default();
    for number in 0..1_000_i64 {
        memory.put(
            &format!("A-{number:04}"),
            Money::new(10_000, Currency::Ngn),
            Status::Atarapay(atarapay::Status::Pending),
            2_000 - number,
        );
    }
    let mut desk = Desk::new(memory, 130, 30);
    desk.press("enter");
    let at = |desk: &Desk| desk.app.list.selected.clone().unwrap().id;
    for number in 0..999 {
        assert_eq!(at(&desk), format!("A-{number:04}"));
        assert!(desk.app.list.rows.len() <= 200, "{}", desk.app.list.rows.len());
        desk.press("j");
    }
    assert_eq!(at(&desk), "A-0999");
    for number in (0..999).rev() {
        desk.press("k");
        assert_eq!(at(&desk), format!("A-{number:04}"));
    }
    desk.press("G");
    assert_eq!(at(&desk), "A-0999");
    desk.press("pgup pgup");
    assert_ne!(at(&desk), "A-0999");
    desk.press("g g");
    assert_eq!(at(&desk), "A-0000");
    hold(&desk);
}
