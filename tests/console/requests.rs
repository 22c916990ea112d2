//! Tests of the list of requests to the providers, with simulated answers of the store.

use chrono::TimeDelta;
use recourse::console::app::message::{Effect, Message};
use recourse::console::requests::state::{Ask, News, PageShown};
use recourse::desk::providers::{Settled, Word};
use recourse::domain::*;
use recourse::records::{Request, RequestState};

use super::desk::{Desk, Memory, now, small_book};

fn request(id: i64, state: RequestState, message: Option<&str>) -> Request {
    let sent = !matches!(state, RequestState::ToApprove | RequestState::Queued);
    Request {
        id,
        order: OrderKey::new(TAMARA, "T-1005").unwrap(),
        version: 2,
        account: "jeddah".to_owned(),
        action: Action::Refund,
        actor: Actor::Merchant,
        amount: Some(Money::new(2_300_000, Currency::Sar)),
        state,
        attempts: i32::from(sent),
        asked_by: "ben".to_owned(),
        created_at: now() - TimeDelta::minutes(id),
        sent_at: sent.then(|| now() - TimeDelta::minutes(1)),
        ended_at: None,
        reference: None,
        message: message.map(str::to_owned),
        seq: None,
        plan: None,
    }
}

/// What the workers would answer. `None` for writes: they stay open.
pub fn answer(_memory: &Memory, ask: &Ask) -> Option<News> {
    let Ask::Page(ask) = ask else { return None };
    let all = [
        request(4, RequestState::ToApprove, None),
        request(3, RequestState::Unknown, Some("no answer within 10 seconds")),
        request(2, RequestState::Refused, Some("the amount exceeds what is left (amount_exceeds_what_is_left)")),
        request(1, RequestState::Queued, None),
    ];
    let requests: Vec<Request> = all.into_iter().filter(|it| ask.state.is_none_or(|state| it.state == state)).collect();
    let open = vec![(RequestState::ToApprove, 1), (RequestState::Unknown, 1)];
    Some(News::Page(ask.clone(), Ok(PageShown { requests, open })))
}

fn said(desk: &mut Desk) -> Vec<Ask> {
    desk.open
        .extract_if(.., |effect| matches!(effect, Effect::Requests(_)))
        .map(|effect| match effect {
            Effect::Requests(ask) => ask,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn requests_are_listed_by_state() {
    let mut desk = Desk::new(small_book(), 160, 45);
    desk.press("4");
    insta::assert_snapshot!("requests", desk.picture());
    desk.press("tab");
    let picture = desk.picture();
    assert!(picture.contains("[waits for approval 1]") && !picture.contains("amount_exceeds"), "{picture}");
    desk.press("tab tab tab");
    assert!(desk.picture().contains("[unknown 1]") && desk.picture().contains("say so (a)"), "{}", desk.picture());
    let mut small = Desk::new(small_book(), 80, 24);
    small.press("4");
    insta::assert_snapshot!("requests_small", small.picture());
}

#[test]
fn a_word_on_a_request_needs_what_it_needs() {
    let mut desk = Desk::new(small_book(), 130, 40);
    // Another person asked for this one: it can be approved, after a typed word.
    desk.press("4 a v");
    assert!(
        desk.picture().contains("Tamara is asked to refund SAR 23,000.00. The money goes out"),
        "{}",
        desk.picture()
    );
    desk.press("enter \"approve 3\" enter");
    assert_eq!(said(&mut desk), [], "a wrong word approved it");
    desk.press("backspace \"4\" enter");
    assert_eq!(said(&mut desk), [Ask::Say(4, Word::Approve, None)]);
    let done = Request { state: RequestState::Queued, ..request(4, RequestState::ToApprove, None) };
    desk.tell(Message::Requests(News::Said(4, Ok(Settled::Done(Box::new(done))))));
    assert!(desk.picture().contains("Request 4: queued."), "{}", desk.picture());
    // What became of one can only be said of one that is unknown, and only with a note.
    desk.press("a");
    let menu = desk.picture();
    assert!(menu.contains("v  Approve that money goes out") && !menu.contains("It was done"), "{menu}");
    desk.press("esc j a s \"RF-1\" enter enter");
    assert!(desk.picture().contains("A note is required"), "{}", desk.picture());
    desk.press("\"seen on the dashboard\" enter \"done 3\" enter");
    let expect = Ask::Say(3, Word::ItWasDone("RF-1".to_owned()), Some("seen on the dashboard".to_owned()));
    assert_eq!(said(&mut desk), [expect]);
    desk.tell(Message::Requests(News::Said(3, Ok(Settled::NoNote))));
    // From a request to its order.
    desk.press("esc esc esc enter");
    assert!(desk.open.is_empty() || desk.picture().contains("T-1005"), "{}", desk.picture());
    assert!(desk.app.layers.is_empty(), "the list is closed: {}", desk.picture());
}
