//! Whatever goes wrong, and however often a server is killed: nothing is done twice at the provider, and both sides agree at the end.

use std::time::{Duration, Instant};

use recourse::domain::tamara::Status::Authorised;

use super::peer::{peer, port};

/// How many orders, and how often a server is killed.
const ORDERS: usize = 60;
const KILLS: usize = 10;

#[tokio::test]
async fn nothing_is_done_twice_and_both_sides_agree() {
    let hook = port();
    let peer = peer(Some(hook), "500").await;
    for number in 0..ORDERS {
        peer.order(&format!("T-{number}"), Authorised).await;
    }
    let first = peer.serve(hook, &[]);
    peer.healthy("good");
    peer.fault("timeout:0.05,cut:0.1,html:0.05,500:0.1,409:0.05,429:0.05");
    for number in 0..ORDERS {
        let told =
            peer.book.run(&["act", &format!("T-{number}"), "capture", "--amount", "100", "--wait", "0", "--json"]);
        assert_eq!(told.code, 6, "{told:?}");
    }
    let (mut one, mut two) = (Some(first), None);
    for round in 0..KILLS {
        std::thread::sleep(Duration::from_millis(150));
        let (gone, port) = if round % 2 == 0 { (&mut one, hook) } else { (&mut two, 0) };
        if let Some(serving) = gone.take() {
            serving.kill();
        }
        *gone = Some(peer.serve(port, &[]));
    }
    peer.fault("");
    let end = Instant::now() + Duration::from_secs(90);
    let open = || {
        ["queued", "sending", "unknown"]
            .iter()
            .map(|state| peer.book.run(&["requests", "--state", state, "--json"]).lines().len())
            .sum::<usize>()
    };
    while open() > 0 {
        assert!(Instant::now() < end, "{} are open: {:?}", open(), peer.book.run(&["requests", "--json"]).out);
        std::thread::sleep(Duration::from_millis(200));
    }
    let mut captured = 0;
    for number in 0..ORDERS {
        let id = format!("T-{number}");
        let (there, here) = (peer.there(&id), peer.here(&id));
        assert!(there.moves.len() <= 1, "{id} was captured twice: {there:?}");
        peer.until("both sides agree", || peer.here(&id)["status"] == there.status);
        let amounts = &peer.here(&id)["amounts"]["captured"];
        assert_eq!(amounts.as_str().unwrap(), there.money(there.sum("capture")).digits(), "{here}");
        captured += there.moves.len();
    }
    assert!(captured > ORDERS / 2, "{captured} were captured");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
