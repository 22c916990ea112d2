//! Tests of the list of orders that differ from what their provider shows, with simulated answers of the store.

use chrono::TimeDelta;
use recourse::console::app::message::{Effect, Message};
use recourse::console::drift::shown::Differing;
use recourse::console::drift::state::{Ask, News};
use recourse::desk::drift::Adopted;
use recourse::domain::*;
use recourse::intake::reading::Outcome;
use recourse::records::{DriftClass, Sums};

use super::desk::{Desk, Memory, now, small_book};

fn money(minor: i64) -> Option<Money> {
    Some(Money::new(minor, Currency::Sar))
}

fn differing(id: &str, class: DriftClass, theirs: Option<tamara::Status>, ways: &[&str], next: &str) -> Differing {
    Differing {
        order: OrderKey::new(TAMARA, id).unwrap(),
        merchant: Some("jeddah-phones".to_owned()),
        class,
        ours: (tamara::Status::Authorised.status(), Sums::default()),
        theirs: (
            theirs.map(tamara::Status::status),
            Sums { captured: money(12_000), canceled: money(0), refunded: None },
        ),
        word: None,
        since: now() - TimeDelta::hours(2),
        read_at: now() - TimeDelta::minutes(5),
        ways: ways.iter().map(|way| (*way).to_owned()).collect(),
        next: next.to_owned(),
    }
}

/// What the workers would answer. `None` for what reaches the provider: that stays open.
pub fn answer(_memory: &Memory, ask: &Ask) -> Option<News> {
    use DriftClass::{Absent, Ahead, Conflict};
    let Ask::Page(ask) = ask else { return None };
    let ways = ["merchant capture SAR 120.00", "merchant cancel SAR 120.00"];
    let partly = Some(tamara::Status::PartiallyCaptured);
    let all = [
        differing("T-1005", Ahead, partly, &ways[..1], "record merchant capture SAR 120.00"),
        differing("T-1006-aaaa-bbbb-cccc-dddddddddddd", Ahead, partly, &ways, "choose a way: 1 capture; 2 cancel"),
        differing(
            "T-1007",
            Conflict,
            partly,
            &[],
            "the law has no way from Authorised here to Partially Captured there",
        ),
        differing("T-1008", Absent, None, &[], "check the id, the account and where it was asked"),
    ];
    let rows = all.into_iter().filter(|it| ask.class.is_none_or(|class| it.class == class));
    Some(News::Page(ask.clone(), Ok(rows.collect())))
}

fn asked(desk: &mut Desk) -> Vec<Ask> {
    desk.open
        .extract_if(.., |effect| matches!(effect, Effect::Drift(_)))
        .map(|effect| match effect {
            Effect::Drift(ask) => ask,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn orders_that_differ_are_listed_by_class() {
    let mut desk = Desk::new(small_book(), 160, 45);
    desk.press("D");
    insta::assert_snapshot!("drift", desk.picture());
    desk.press("tab tab tab");
    let picture = desk.picture();
    assert!(picture.contains("[conflict]") && picture.contains("T-1007") && !picture.contains("T-1008"), "{picture}");
    let mut small = Desk::new(small_book(), 80, 24);
    small.press("D j");
    insta::assert_snapshot!("drift_small", small.picture());
}

#[test]
fn what_the_provider_did_is_recorded_after_a_note_and_a_word() {
    let mut desk = Desk::new(small_book(), 130, 40);
    // Read it again at the provider.
    desk.press("D K");
    let first = OrderKey::new(TAMARA, "T-1005").unwrap();
    assert_eq!(asked(&mut desk), [Ask::Check(first.clone())]);
    // One way: why, and a typed word.
    desk.press("a enter");
    assert!(desk.picture().contains("A note is required"), "{}", desk.picture());
    desk.press("\"seen on the portal\" enter \"adop\" enter");
    assert_eq!(asked(&mut desk), [], "half of the word recorded it");
    desk.press("\"t\" enter");
    assert_eq!(asked(&mut desk), [Ask::Adopt(first.clone(), Some(1), "seen on the portal".to_owned())]);
    desk.tell(Message::Drift(News::Adopted(first, Ok(Adopted::Answered(Outcome::Agrees(1))))));
    assert!(desk.picture().contains("T-1005: 1 move recorded."), "{}", desk.picture());
    // Several ways: which.
    desk.press("j a \"7\" enter");
    assert!(desk.picture().contains("Type 1 to 2"), "{}", desk.picture());
    desk.press("backspace \"2\" enter \"the portal\" enter \"adopt\" enter");
    let second = OrderKey::new(TAMARA, "T-1006-aaaa-bbbb-cccc-dddddddddddd").unwrap();
    assert_eq!(asked(&mut desk), [Ask::Adopt(second.clone(), Some(2), "the portal".to_owned())]);
    let words = "the law does not allow it".to_owned();
    desk.tell(Message::Drift(News::Adopted(second, Ok(Adopted::Answered(Outcome::Unlawful(words))))));
    assert!(desk.picture().contains("Refused. The law does not allow it"), "{}", desk.picture());
    // No way: nothing can be recorded, and it says why.
    desk.press("j a");
    assert!(desk.picture().contains("No way is known for T-1007"), "{}", desk.picture());
    assert_eq!(asked(&mut desk), []);
}
