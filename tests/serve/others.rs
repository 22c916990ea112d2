//! An account speaks for its own merchants: what it is told of another one's orders moves nothing, and hides nothing.

use std::io::Write;

use chrono::{TimeDelta, Utc};
use recourse::domain::tamara::Status::Authorised;
use recourse::wire::tamara;
use serde_json::json;

use super::peer::{NOTIFY, peer};

#[tokio::test]
async fn a_notification_of_another_merchants_order_waits() {
    let peer = peer(None, "200").await;
    for id in ["T-1", "T-2"] {
        peer.order(id, Authorised).await;
    }
    // A second account, of another merchant, with a secret of its own.
    let secret = "riyadh-sekret-1234567890";
    let text = format!(
        "\n[[account]]\nname = \"riyadh\"\nprovider = \"tamara\"\nmerchants = [\"m-9\"]\nbase_url = \"http://127.0.0.1:{}\"\n\
         notification_tokens = [{{ file = \"riyadh\" }}]\n",
        peer.provider_port()
    );
    std::fs::OpenOptions::new().append(true).open(peer.accounts()).unwrap().write_all(text.as_bytes()).unwrap();
    std::fs::write(peer.file("riyadh"), secret).unwrap();
    std::os::unix::fs::chown(peer.file("riyadh"), None, None).unwrap();
    std::fs::set_permissions(peer.file("riyadh"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let serving = peer.serve(0, &["--only", "receive"]);
    let post = async |account: &str, key: &str, id: &str| {
        let body = json!({"order_id": id, "event_type": "order_captured",
            "data": {"capture_id": "c-1", "captured_amount": {"amount": 100.0, "currency": "SAR"}}});
        let token = tamara::token::sign(key, Utc::now(), Utc::now() + TimeDelta::minutes(15));
        let request = reqwest::Client::new().post(format!("{}/hooks/tamara/{account}", serving.url)).bearer_auth(token);
        request.body(body.to_string()).send().await.unwrap().status().as_u16()
    };
    assert_eq!(post("jeddah", secret, "T-1").await, 401);
    assert_eq!(post("riyadh", secret, "T-1").await, 200);
    peer.until("it waits", || !peer.book.run(&["quarantine", "--json"]).lines().is_empty());
    let held = peer.book.run(&["quarantine", "--json"]).one();
    assert_eq!((&held["why"], &held["order"]), (&json!("other_account"), &json!("T-1")), "{held}");
    assert_eq!(peer.here("T-1")["status"], "authorised");
    // The true one, word for word, still counts.
    assert_eq!(post("jeddah", NOTIFY, "T-1").await, 200);
    peer.until("it is captured", || peer.here("T-1")["status"] == "partially_captured");
    assert_eq!(peer.book.faults().await, Vec::<String>::new());
}
