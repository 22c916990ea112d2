//! Properties of the console that always hold.

use proptest::prelude::*;
use recourse::console::app::load::Failure;
use recourse::console::app::message::{Effect, Message};
use recourse::console::app::session::{Link, Session};
use recourse::console::orders::action::menu::{Menu, choices};
use recourse::console::runtime::update::update;
use recourse::domain::*;

use super::desk::{Desk, Memory, disputed, key, now, session, small_book, way};

fn a_key() -> impl Strategy<Value = &'static str> {
    let keys = "j k G g enter esc tab shift-tab a s w h x c r 1 2 ? ! Q d left right up down pgdn pgup ctrl-d ctrl-u ctrl-l \
                0 5 . e n [ O A q / : o v space ctrl-a u y f p t T m W ctrl-o f1 ctrl-x J";
    prop::sample::select(keys.split_whitespace().collect::<Vec<_>>())
}

/// Asserts the invariants that hold after every event.
pub fn hold(desk: &Desk) {
    let app = &desk.app;
    desk.buffer();
    if let Some(selected) = &app.orders.list.selected {
        assert!(
            app.orders.list.rows.iter().any(|row| row.stored.order.key == *selected),
            "the selection is not in the list"
        );
        assert_eq!(
            app.orders.shown.as_ref().map(|shown| &shown.stored.order.key),
            Some(selected),
            "another order is shown"
        );
    }
    if let Some(menu) = app.find::<Menu>() {
        let order = &app.orders.shown.as_ref().expect("a menu without an order").stored.order;
        let allowed = |choice: &Choice| {
            order.status.rules().iter().any(|rule| (rule.action, rule.actor) == (choice.action, choice.actor))
        };
        assert!(choices(app, menu.reasons).iter().filter(|choice| choice.verdict.is_ok()).all(allowed));
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
        let mut desk = Desk::sit(Session { read_only: true, ..session() }, small_book(), 100, 30);
        desk.press("enter");
        for name in keys {
            desk.tell(Message::Key(key(name)));
        }
        let writes = desk.open.iter().any(|effect| matches!(effect, Effect::Write(_) | Effect::Settle(..)));
        prop_assert!(!writes);
    }

    /// While other orders move, the confirmed action runs only on the order that was asked about.
    #[test]
    fn nobody_acts_on_the_neighbour(moves in prop::collection::vec((0_usize..40, 0_usize..8), 1..60), pick in 0_usize..20) {
        let mut memory = Memory::default();
        for number in 0..40_i64 {
            memory.put(&format!("A-{number}"), Money::new(10_000, Currency::Ngn), disputed(), 300 - number);
        }
        let mut desk = Desk::new(memory, 130, 30);
        desk.press("enter");
        (0..pick).for_each(|_| { desk.press("j"); });
        let target = desk.app.orders.list.selected.clone().unwrap();
        desk.press("a w \"she rang\"");
        for (which, how) in moves {
            let id = format!("A-{which}");
            let order = desk.memory.order(&id);
            let steps = super::harness::moves(order, now());
            if id != target.id && !steps.is_empty() {
                let step = steps[how % steps.len()].clone();
                desk.memory.step(&id, step, "agent2");
                desk.moved(&[&id]);
            }
            prop_assert_eq!(desk.app.orders.list.selected.as_ref(), Some(&target));
        }
        desk.press("enter \"withdraw\" enter");
        let written: Vec<_> = desk.open.iter().filter_map(|effect| match effect {
            Effect::Write(command) => Some((command.order.clone(), command.expect)),
            _ => None,
        }).collect();
        let version = desk.memory.order(&target.id).version;
        prop_assert_eq!(written, vec![(target, Some(version))]);
    }
}

pub fn many(count: i64) -> Memory {
    let mut memory = Memory::default();
    for number in 0..count {
        let pending = atarapay::Status::Pending.status();
        memory.put(&format!("A-{number:04}"), Money::new(10_000, Currency::Ngn), pending, 2_000 - number);
    }
    memory
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    /// However late reads arrive, and between any keys, a menu or form stays with its order.
    #[test]
    fn late_readings_never_change_the_target(acts in prop::collection::vec((a_key(), 0_usize..4, 0_usize..9), 1..80)) {
        let mut desk = Desk::new(many(400), 120, 30);
        desk.press("enter");
        desk.slow = true;
        let mut target = None;
        for (name, arrivals, which) in acts {
            for step in 0..=arrivals {
                match step {
                    0 => desk.tell(Message::Key(key(name))),
                    _ => desk.arrive(which),
                }
                hold(&desk);
                let shown = desk.app.orders.shown.as_ref().map(|shown| shown.stored.order.key.clone());
                target = match (desk.app.acts(), target.take()) {
                    (true, Some(before)) => {
                        prop_assert_eq!(&Some(Some(before)), &Some(shown.clone()));
                        shown
                    }
                    (true, None) => shown,
                    (false, _) => None,
                };
            }
        }
    }
}

/// Keys pressed before a question is drawn do not answer it.
#[test]
fn nobody_agrees_to_what_was_not_on_the_screen() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("G k k k k k k k k k k k k k enter a a");
    assert!(desk.app.on_top::<recourse::console::orders::action::confirm::Confirm>().is_some());
    let mut ahead = Desk::new(small_book(), 120, 30);
    ahead.press("G k k k k k k k k k k k k k enter a");
    // All these keys arrive before the next frame is drawn.
    for name in ["a", "right", "enter", "enter"] {
        let effects = update(&mut ahead.app, Message::Key(key(name)), now());
        assert!(!effects.iter().any(|effect| matches!(effect, Effect::Write(_))), "{name}");
    }
}

/// The list follows the filter. Esc clears the filter and keeps its text. Rows of another query are never shown.
#[test]
fn a_filter_is_typed_kept_and_taken_off() {
    let mut desk = Desk::new(small_book(), 120, 30);
    let ids =
        |desk: &Desk| desk.app.orders.list.rows.iter().map(|row| row.stored.order.key.id.clone()).collect::<Vec<_>>();
    let all = ids(&desk);
    desk.press("/ \"unconfirmed provider:tamara\"");
    assert!(ids(&desk).iter().all(|id| id.starts_with("T-")), "{}", desk.picture());
    desk.press("esc");
    assert_eq!(ids(&desk), all);
    desk.press("/");
    assert!(desk.picture().contains("unconfirmed provider:tamara"), "{}", desk.picture());
    desk.press("enter a");
    assert!(desk.app.on_top::<Menu>().is_some());
    desk.press("esc esc");
    assert_eq!(ids(&desk), all, "Esc in the list does not clear the filter");
    // Late pages of another query are not shown.
    desk.slow = true;
    desk.press("/ backspace");
    (0..9).for_each(|_| desk.arrive(1));
    hold(&desk);
}

/// Without a connection a filter finds nothing, and the previous rows are not shown as its results.
#[test]
fn a_filter_without_a_connection_finds_nothing() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.tell(Message::Link(Link::Lost { since: now(), retry_at: now() }));
    desk.press("/ \"provider:tamara\"");
    let picture = desk.picture();
    assert!(
        desk.app.orders.list.rows.is_empty() && picture.contains("Not read") && !picture.contains(" found"),
        "{picture}"
    );
}

/// A failure stays in the footer until a key is pressed, even if good news follows.
#[test]
fn failures_stay_until_a_key() {
    let mut desk = Desk::new(small_book(), 120, 30);
    let lost = Link::Lost { since: now(), retry_at: now() };
    desk.tell(Message::Settled(1, Err(Failure::Unknown)));
    desk.tell(Message::Link(lost));
    desk.tell(Message::Link(Link::Live));
    assert!(
        desk.picture().contains("! The connection was lost. When it is back, check whether fact 1 is settled"),
        "{}",
        desk.picture()
    );
    desk.press("j");
    assert!(!desk.picture().contains("The connection was lost"), "{}", desk.picture());
}

/// The screen is stale since the connection was lost, no matter how often the console retries.
#[test]
fn stale_since_does_not_creep() {
    let mut desk = Desk::new(small_book(), 120, 30);
    for minutes in 0..5 {
        let since = now() + chrono::TimeDelta::minutes(minutes);
        desk.tell(Message::Link(Link::Lost { since, retry_at: since }));
    }
    assert!(desk.picture().contains("stale since 12:00 UTC"), "{}", desk.picture());
}

/// If someone else settles the selected fact, the selection does not move to the next one.
#[test]
fn a_settled_fact_stays_under_the_keys() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("5");
    desk.memory.held.remove(0);
    desk.press("r");
    assert!(desk.picture().contains("settled meanwhile"), "{}", desk.picture());
    desk.press("a");
    assert!(
        desk.app.on_top::<recourse::console::quarantine::page::Quarantine>().is_some(),
        "the dialog of the next fact opened"
    );
    desk.press("j a d \"a test\" esc a d");
    assert!(desk.picture().contains("a test"), "the note was lost: {}", desk.picture());
}

/// If someone moves an order while its question is open, the question cannot be answered and nothing is written.
#[test]
fn a_question_dies_with_its_order() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter a w \"she rang\" enter");
    let id = desk.app.orders.list.selected.clone().unwrap().id;
    let step = way(desk.memory.order(&id), Action::Withdraw, now());
    desk.memory.step(&id, step, "agent2");
    desk.moved(&[&id]);
    desk.press("\"withdraw\" enter enter enter");
    assert!(!desk.open.iter().any(|effect| matches!(effect, Effect::Write(_))));
    assert!(desk.picture().contains("agent2 moved it to Dispute Resolved at 12:00:00 UTC"), "{}", desk.picture());
}

/// Esc closes a form and keeps its text, for this order and action only.
#[test]
fn drafts_are_kept_by_order_and_action() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter a w \"she rang\" esc esc");
    desk.press("j a w");
    assert!(!desk.picture().contains("she rang"));
    desk.press("esc esc k a w");
    assert!(desk.picture().contains("she rang"), "{}", desk.picture());
    desk.press("esc esc h q");
    assert!(!desk.open.contains(&Effect::Quit), "the console quit although a form was not sent");
    desk.press("q");
    assert!(desk.open.contains(&Effect::Quit));
}

/// Arabic keyboards work: a letter counts as the Latin letter on the same key.
#[test]
fn an_arabic_layout_moves_too() {
    let mut desk = Desk::new(small_book(), 130, 30);
    desk.press("enter");
    let first = desk.app.orders.list.selected.clone();
    desk.press("ت");
    assert_ne!(desk.app.orders.list.selected, first);
    desk.press("ن");
    assert_eq!(desk.app.orders.list.selected, first);
}

/// A long list loads its pages as you move, in both directions and to both ends.
#[test]
fn a_long_list_is_walked_in_pages() {
    let mut memory = Memory::default();
    for number in 0..1_000_i64 {
        memory.put(
            &format!("A-{number:04}"),
            Money::new(10_000, Currency::Ngn),
            atarapay::Status::Pending.status(),
            2_000 - number,
        );
    }
    let mut desk = Desk::new(memory, 130, 30);
    desk.press("enter");
    let at = |desk: &Desk| desk.app.orders.list.selected.clone().unwrap().id;
    for number in 0..999 {
        assert_eq!(at(&desk), format!("A-{number:04}"));
        assert!(desk.app.orders.list.rows.len() <= 200, "{}", desk.app.orders.list.rows.len());
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

/// An event, from the user or from outside.
#[derive(Debug, Clone)]
enum Happening {
    Press(&'static str),
    Move(usize, usize),
    Lose,
    Find,
    Arrive(usize),
    Size(u16, u16),
    Paste,
}

fn a_happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => a_key().prop_map(Happening::Press),
        4 => (0_usize..20, 0_usize..8).prop_map(|(which, how)| Happening::Move(which, how)),
        1 => Just(Happening::Lose),
        2 => Just(Happening::Find),
        4 => (0_usize..9).prop_map(Happening::Arrive),
        1 => (1_u16..200, 1_u16..60).prop_map(|(width, height)| Happening::Size(width, height)),
        1 => Just(Happening::Paste),
    ]
}

fn happen(desk: &mut Desk, happening: &Happening) {
    match happening {
        Happening::Press(name) => desk.tell(Message::Key(key(name))),
        Happening::Move(which, how) => {
            let (stored, _) = &desk.memory.orders[which % desk.memory.orders.len()];
            let order = stored.order.clone();
            let steps = super::harness::moves(&order, now());
            if !steps.is_empty() {
                desk.memory.step(&order.key.id, steps[how % steps.len()].clone(), "agent2");
                desk.moved(&[&order.key.id]);
            }
        }
        Happening::Lose => desk.tell(Message::Link(Link::Lost { since: now(), retry_at: now() })),
        Happening::Find => desk.tell(Message::Link(Link::Live)),
        Happening::Arrive(which) => desk.arrive(*which),
        Happening::Size(width, height) => desk.tell(Message::Resize(*width, *height)),
        Happening::Paste => desk.tell(Message::Paste("sara\n\u{1b}[31m".to_owned())),
    }
}

/// Whether this effect writes to the store.
fn writes(effect: &Effect) -> bool {
    match effect {
        Effect::Write(_) | Effect::WriteOne(_) | Effect::Settle(..) => true,
        Effect::SaveView(view, _) => view.shared,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    /// After any events, the selection is in the list, a menu offers only lawful actions, and every size draws.
    #[test]
    fn whatever_happens_the_invariants_hold(slow in any::<bool>(), happenings in prop::collection::vec(a_happening(), 1..80)) {
        let mut desk = Desk::new(small_book(), 110, 30);
        desk.slow = slow;
        for happening in &happenings {
            happen(&mut desk, happening);
            hold(&desk);
        }
    }

    /// In read-only mode nothing leads to a write, not even the palette, marks or shared views.
    #[test]
    fn read_only_never_writes(happenings in prop::collection::vec(a_happening(), 1..80)) {
        let mut desk = Desk::sit(Session { read_only: true, ..session() }, small_book(), 110, 30);
        for happening in &happenings {
            happen(&mut desk, happening);
        }
        prop_assert!(!desk.open.iter().any(writes));
    }

    /// Keys in a dialog do not change the panes behind it.
    #[test]
    fn nothing_happens_behind_a_dialog(keys in prop::collection::vec(a_key(), 1..40)) {
        let mut desk = Desk::new(small_book(), 110, 30);
        desk.press("enter j a w");
        let panes = |desk: &Desk| (desk.app.orders.focus, desk.app.orders.chosen, desk.app.orders.list.selected.clone(), desk.app.orders.filter.on, desk.app.orders.marks.len());
        let before = panes(&desk);
        for name in keys {
            if desk.app.find::<Menu>().is_none() || ["ctrl-o", "f12"].contains(&name) {
                continue;
            }
            desk.tell(Message::Key(key(name)));
            if !desk.app.layers.is_empty() {
                prop_assert_eq!(&panes(&desk), &before);
            }
        }
    }
}

/// Ten thousand moves of other orders do not change the target of an open menu, form or mark.
#[test]
fn ten_thousand_updates_never_change_the_target() {
    let mut memory = Memory::default();
    for number in 0..60_i64 {
        memory.put(&format!("A-{number:02}"), Money::new(10_000, Currency::Ngn), disputed(), 300 - number);
    }
    let mut desk = Desk::new(memory, 130, 30);
    desk.press("enter space space j j j");
    let marked: Vec<_> = desk.app.orders.marks.orders().iter().map(|it| it.order.key.clone()).collect();
    desk.press("u");
    let target = desk.app.orders.list.selected.clone().unwrap();
    desk.press("a w \"she rang\"");
    let mut dice = 7_u64;
    for _ in 0..10_000 {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let which = (dice >> 33) as usize % 60;
        let order = desk.memory.orders[which].0.order.clone();
        if order.key == target {
            continue;
        }
        match super::harness::moves(&order, now()).first().cloned() {
            Some(step) => desk.memory.step(&order.key.id, step, "agent2"),
            // An order that has ended starts again as disputed.
            None => {
                let fresh = Order::open(order.key.clone(), order.amount, now());
                let steps = super::harness::way_to(&fresh, disputed());
                desk.memory.orders[which].0.order = steps.last().unwrap().clone().into_order();
            }
        }
        desk.moved(&[&order.key.id]);
        assert_eq!(desk.app.orders.list.selected.as_ref(), Some(&target));
    }
    hold(&desk);
    desk.press("enter \"withdraw\" enter");
    let written = desk.open.iter().find_map(|effect| match effect {
        Effect::Write(command) => Some((command.order.clone(), command.note.clone())),
        _ => None,
    });
    assert_eq!(written, Some((target, Some("she rang".to_owned()))));
    assert_eq!(marked.len(), 2);
}
