//! Whatever goes wrong, and however often a server is killed: nothing is done twice at the provider, and both sides agree at the end.

use std::time::{Duration, Instant};

use recourse::desk::providers::{self, Wish};
use recourse::desk::{self, Answer, Command};
use recourse::domain::tamara::Status::Authorised;
use recourse::domain::*;
use recourse::records::RequestState;
use recourse::store::requests::{self, Which};
use recourse::store::{accounts, read};
use uuid::Uuid;

use super::peer::{Peer, Serving, peer, port};

/// How many requests, and how often a server is killed.
const ORDERS: usize = 2_000;
const KILLS: usize = 50;

fn name(number: usize) -> String {
    format!("T-{number}")
}

/// Asks for a capture of every order.
async fn ask_all(peer: &Peer) {
    let store = &peer.book.store;
    let roles = desk::roles(store, None).await.unwrap();
    let account = accounts::all(&store.pool).await.unwrap().into_iter().find(|it| it.name == "jeddah").unwrap();
    for number in 0..ORDERS {
        let command = Command {
            order: OrderKey::new(TAMARA, &name(number)).unwrap(),
            action: Action::Capture,
            actor: Actor::Merchant,
            amount: Some(Money::new(10_000, Currency::Sar)),
            parts: None,
            note: None,
            reference: None,
            reason: None,
            expect: None,
            request: Uuid::new_v4(),
        };
        let asked = providers::wish(store, roles, &Wish::new(command), &account, chrono::Utc::now()).await.unwrap();
        assert!(matches!(asked, Answer::Pending(_)), "{asked:?}");
    }
}

async fn open(peer: &Peer) -> usize {
    use RequestState::{Queued, Sending, Unknown};
    let mut all = 0;
    for state in [Queued, Sending, Unknown] {
        let which = Which { state: Some(state), ..Which::default() };
        all += requests::list(&peer.book.store.pool, &which, ORDERS as i64).await.unwrap().len();
    }
    all
}

/// Kills one of two servers again and again, and starts another in its place. Returns the two that run at the end, and how many were
/// killed while requests were open.
async fn kill_again_and_again(peer: &Peer, first: Serving, hook: u16) -> ([Option<Serving>; 2], usize) {
    let (mut running, mut busy) = ([Some(first), None], 0);
    for round in 0..KILLS {
        busy += usize::from(open(peer).await > 0);
        let (gone, port) = if round % 2 == 0 { (&mut running[0], hook) } else { (&mut running[1], 0) };
        if let Some(serving) = gone.take() {
            serving.kill();
        }
        *gone = Some(peer.serve(port, &[]));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    (running, busy)
}

#[tokio::test]
async fn nothing_is_done_twice_and_both_sides_agree() {
    let hook = port();
    let peer = peer(Some(hook), "120").await;
    for number in 0..ORDERS {
        peer.order(&name(number), Authorised).await;
    }
    let first = peer.serve(hook, &[]);
    peer.healthy("good");
    peer.fault("timeout:0.05,cut:0.1,html:0.05,500:0.1,409:0.05,429:0.05");
    let ((), during) = tokio::join!(ask_all(&peer), kill_again_and_again(&peer, first, hook));
    let (_running, busy) = during;
    assert!(busy > KILLS / 2, "only {busy} servers were killed while something was asked");
    peer.fault("");
    let end = Instant::now() + Duration::from_secs(180);
    while open(&peer).await > 0 {
        assert!(Instant::now() < end, "{} are open", open(&peer).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let ids: Vec<String> = (0..ORDERS).map(|number| format!("tamara:{}", name(number))).collect();
    let differ = async || {
        let here = read::orders(&mut peer.book.store.pool.acquire().await.unwrap(), &ids).await.unwrap();
        let differs = |order: &Order| {
            let there = peer.there(&order.key.id);
            assert!(there.moves.len() <= 1, "{} was captured twice: {there:?}", order.key);
            (order.facts.captured, order.status.name()) != (there.sum("capture"), there.status.as_str())
        };
        here.iter()
            .filter(|stored| differs(&stored.order))
            .map(|stored| stored.order.key.to_string())
            .collect::<Vec<_>>()
    };
    // The last notifications may still be on their way.
    while !differ().await.is_empty() {
        assert!(Instant::now() < end, "{:?} differ", differ().await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let captured = (0..ORDERS).filter(|number| !peer.there(&name(*number)).moves.is_empty()).count();
    assert!(captured > ORDERS / 2, "{captured} were captured");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
