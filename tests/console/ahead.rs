//! Keys typed ahead are not lost, and never act on another case or order than the one that they are meant for.

use recourse::console::app::message::{Effect, Message};
use recourse::console::disputes::requests::News;
use recourse::console::runtime::update::update;
use recourse::domain::atarapay;
use recourse::records::Queue;

use super::desk::{Desk, key, now, small_book};
use super::promises::many;

/// The desk with a case on the screen, and the id of another one.
fn desk() -> (Desk, (String, i32)) {
    let mut desk = Desk::new(small_book(), 160, 40);
    desk.press("2 enter");
    let shown = desk.app.disputes.shown.as_ref().unwrap().named();
    let disputed = atarapay::Status::Disputed.status();
    let others = desk.memory.orders.iter().filter(|(stored, _)| stored.order.status == disputed);
    let other = others.map(|(stored, _)| stored.order.key.to_string()).find(|id| *id != shown.0).unwrap();
    (desk, (other, 1))
}

#[test]
fn keys_after_next_wait_for_the_next_case() {
    let (mut desk, next) = desk();
    let before = desk.app.disputes.shown.as_ref().unwrap().named();
    for name in ["N", "a", "u"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    assert!(desk.app.top().is_some_and(|top| top.page() == Some("Disputes")), "no menu over the case before");
    assert_eq!(desk.app.keyboard.held.len(), 2);
    assert_eq!(desk.app.disputes.shown.as_ref().unwrap().named(), before);

    desk.tell(Message::Disputes(News::Next(Ok(Ok(Some(next.clone()))))));
    assert_eq!(desk.app.disputes.shown.as_ref().unwrap().named(), next);
    assert!(desk.app.keyboard.held.is_empty());
    assert!(desk.app.top().is_some_and(|top| top.page().is_none()), "the menu is open: {}", desk.picture());
    assert!(desk.picture().contains(next.0.split_once(':').unwrap().1), "{}", desk.picture());
}

/// The next case may be the one that is on the screen: what is known of it is from before it was taken.
#[test]
fn keys_wait_for_the_same_case_as_it_is_now() {
    let (mut desk, _) = desk();
    let same = desk.app.disputes.shown.as_ref().unwrap().named();
    for name in ["N", "a"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    update(&mut desk.app, Message::Disputes(News::Next(Ok(Ok(Some(same))))), now());
    assert!(desk.app.disputes.shown.is_none(), "it is read again");
    assert_eq!(desk.app.keyboard.held.len(), 1, "{}", desk.picture());
}

#[test]
fn keys_are_forgotten_where_no_case_comes() {
    let (mut desk, _) = desk();
    for name in ["N", "a", "u"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    desk.tell(Message::Disputes(News::Next(Ok(Ok(None)))));
    assert!(desk.app.keyboard.held.is_empty());
    assert!(desk.app.top().is_some_and(|top| top.page() == Some("Disputes")), "no menu over the case before");
    for name in ["N", "a", "esc"] {
        update(&mut desk.app, Message::Key(key(name)), now());
    }
    assert!(desk.app.keyboard.held.is_empty(), "Esc takes the keys back");
}

/// From an order to its case: the list next to it is the one that the case is in.
#[test]
fn list_and_case_agree() {
    let mut desk = Desk::new(small_book(), 160, 40);
    desk.press("enter j d");
    let disputes = &desk.app.disputes;
    let shown = disputes.shown.as_ref().unwrap().named();
    assert_eq!(disputes.selected.as_ref(), Some(&shown));
    assert!(disputes.at().is_some(), "{shown:?} is not in the list of {:?}", disputes.queue);
    assert_ne!(disputes.queue, Queue::Closed);
}

/// A menu that is asked for during a jump waits for the order where the jump lands, and then keeps it.
#[test]
fn a_menu_waits_for_the_end_of_a_jump() {
    let mut desk = Desk::new(many(400), 120, 30);
    desk.press("enter");
    desk.slow = true;
    desk.press("G a l");
    (0..9).for_each(|_| desk.arrive(0));
    desk.press("tab \"seller rang\" enter right enter");
    let written = desk.open.iter().find_map(|effect| match effect {
        Effect::Write(command) => Some(command.order.id.clone()),
        _ => None,
    });
    assert_eq!(written.as_deref(), Some("A-0399"), "{}", desk.picture());
}

/// Keys typed before their rows arrive are not lost, and the latest jump wins.
#[test]
fn keys_ahead_of_their_rows_count() {
    let check = |keys: &str, expect: &str| {
        let mut desk = Desk::new(many(400), 120, 30);
        desk.press("enter");
        desk.slow = true;
        desk.press(keys);
        (0..20).for_each(|_| desk.arrive(0));
        assert_eq!(desk.app.orders.list.selected.as_ref().unwrap().id, expect, "{keys}");
    };
    check(&"j ".repeat(300), "A-0300");
    check("G", "A-0399");
    check("r G", "A-0399");
    check("G g g", "A-0000");
    check("G k", "A-0000");
}

/// Keys about an order that are typed ahead of the list that they are meant for wait for it, and never hit an order of
/// the list before. If the list does not come, they are dropped, and that is said.
#[test]
fn keys_about_an_order_wait_for_its_list() {
    let mut desk = Desk::new(small_book(), 120, 30);
    desk.press("enter");
    desk.slow = true;
    desk.press("/ \"status:authorised\" enter a");
    let menu = |desk: &Desk| desk.app.on_top::<recourse::console::orders::action::menu::Menu>().is_some();
    assert!(!menu(&desk), "{}", desk.picture());
    (0..20).for_each(|_| desk.arrive(0));
    let shown = desk.app.orders.shown.as_ref().map(|it| it.stored.order.key.id.clone());
    assert!(menu(&desk) && shown.as_deref() == Some("T-2001"), "{}", desk.picture());
    desk.press("esc / ctrl-u \"status:approved\" enter a space");
    desk.now += chrono::TimeDelta::seconds(2);
    desk.tell(Message::Tick);
    assert!(desk.picture().contains("Keys were typed too early and dropped"), "{}", desk.picture());
    (0..20).for_each(|_| desk.arrive(0));
    assert!(!menu(&desk) && desk.app.orders.marks.is_empty(), "{}", desk.picture());
}
