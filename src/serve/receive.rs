//! Takes notifications over HTTP. A sender is told 200 only after the notification is stored for good; it is judged later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::StreamExt;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tower_http::timeout::TimeoutLayer;

use super::accounts::{Account, Key};
use super::{Part, Server};
use crate::store::received::{self, Arrival};
use crate::store::{StoreError, health};
use crate::wire::call::{Arrived, Auth, Keys};
use crate::wire::secret;

/// The largest body, in bytes.
const LARGEST: usize = 256 << 10;
/// How many notifications of one account are under way at once; more are told to come again.
const TOGETHER: usize = 256;
/// How long a sender may take to send a body, and to send the next piece of it.
const SLOWEST: Duration = Duration::from_secs(10);
const IDLE: Duration = Duration::from_secs(2);
/// How long a notification may wait to be stored.
const STORED: Duration = Duration::from_secs(10);
/// How many connections are open at once; more wait.
const CONNECTIONS: usize = 700;
/// The pause before a connection is taken again, when there was none to have.
const PAUSE: Duration = Duration::from_millis(100);
/// How many notifications are stored in one transaction.
const BATCH: usize = 200;

struct Door {
    server: Arc<Server>,
    /// The room of each account: who fills one blocks no other.
    room: Mutex<HashMap<String, Arc<Semaphore>>>,
    keep: mpsc::Sender<(Arrival, oneshot::Sender<bool>)>,
}

/// Serves until dropped.
///
/// # Errors
///
/// [`StoreError::Unreachable`] if nothing can be served on the address.
pub async fn listen(server: Arc<Server>, listener: TcpListener) -> Result<(), StoreError> {
    let (keep, kept) = mpsc::channel(TOGETHER);
    let storing = tokio::spawn(store(server.clone(), kept));
    let receives = server.has(Part::Receive);
    let door = Arc::new(Door { server, room: Mutex::default(), keep });
    let mut router = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics));
    if receives {
        router = router.route("/hooks/{provider}/{account}", post(hook));
    }
    // The body has a time of its own; this bounds everything else.
    let whole = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, SLOWEST * 3);
    take(listener, router.with_state(door).layer(whole)).await;
    storing.abort();
    Ok(())
}

/// Takes connections until dropped. One that does not send its headers in time is closed, as is one that has nothing more to say.
async fn take(listener: TcpListener, router: Router) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(SLOWEST);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // No file is left for a connection: some close soon.
            sleep(PAUSE).await;
            continue;
        };
        let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        tokio::spawn(async move {
            _ = connection.await;
            drop(place);
        });
    }
}

async fn ready(State(door): State<Arc<Door>>) -> impl IntoResponse {
    match door.server.is_ready().await {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}

async fn metrics(State(door): State<Arc<Door>>) -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    match health::in_time(crate::work::metrics::text(&door.server.store, Utc::now(), None)).await {
        Ok(text) => (StatusCode::OK, kind, text),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, kind, "# no database\n# EOF\n".to_owned()),
    }
}

async fn hook(
    State(door): State<Arc<Door>>,
    Path((provider, account)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> (StatusCode, &'static str) {
    // Some senders write & where ? should stand.
    let (name, glued) = account.find('&').map_or((account.as_str(), ""), |at| account.split_at(at));
    let served = door.server.named(name).map(|served| served.account());
    let Some(account) = served.filter(|account| account.provider.name() == provider) else {
        return (StatusCode::NOT_FOUND, "there is no such account here\n");
    };
    let room = door.room_of(&account.name);
    let Ok(_place) = room.try_acquire() else {
        return (StatusCode::TOO_MANY_REQUESTS, "too many at once: send it again later\n");
    };
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > LARGEST) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is larger than 256 KiB\n");
    }
    let query = format!("{glued}&{}", uri.query().unwrap_or_default());
    // Nobody waits for the body of a sender whose token is known to be wrong before it.
    if declared.is_some() && !headers.contains_key(header::CONTENT_ENCODING) && is_refused(&account, &headers, &query) {
        return (StatusCode::UNAUTHORIZED, "the token is missing or not valid\n");
    }
    let bytes = match timeout(SLOWEST, whole(body)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(status)) => return (status, "the body cannot be taken\n"),
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the body did not come in time\n"),
    };
    if headers.contains_key(header::CONTENT_ENCODING) {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "send the body without a Content-Encoding\n");
    }
    let Some(arrival) = genuine(&account, &headers, &query, &bytes) else {
        return (StatusCode::UNAUTHORIZED, "the token is missing or not valid\n");
    };
    let (told, stored) = oneshot::channel();
    let kept = async { door.keep.send((arrival, told)).await.is_ok() && stored.await.unwrap_or(false) };
    match timeout(STORED, kept).await {
        Ok(true) => (StatusCode::OK, "stored\n"),
        Ok(false) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "it cannot be stored now: send it again\n"),
    }
}

/// The whole body, up to the largest.
async fn whole(body: Body) -> Result<Bytes, StatusCode> {
    let mut pieces = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(piece) = timeout(IDLE, pieces.next()).await.map_err(|_| StatusCode::REQUEST_TIMEOUT)? {
        let piece = piece.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + piece.len() > LARGEST {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.into())
}

impl Door {
    fn room_of(&self, account: &str) -> Arc<Semaphore> {
        let mut rooms = self.room.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(account.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(TOGETHER))).clone()
    }
}

/// The notification tokens of an account that are valid now.
fn tokens(account: &Account, now: DateTime<Utc>) -> Vec<&str> {
    let valid = account.notification_tokens.iter().filter(|(_, until)| until.is_none_or(|until| until > now));
    valid.map(|(token, _)| token.expose()).collect()
}

fn authorizations(headers: &HeaderMap) -> Vec<&str> {
    headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| value.to_str().ok()).collect()
}

/// Whether a token that does not depend on the body is missing or wrong.
fn is_refused(account: &Account, headers: &HeaderMap, query: &str) -> bool {
    let Some(connector) = account.connector().filter(|connector| connector.auth == Auth::Bearer) else { return false };
    let now = Utc::now();
    let authorization = authorizations(headers);
    let arrived = Arrived { authorization: &authorization, query, content_type: "", body: &[] };
    !(connector.is_genuine)(&arrived, &Keys { tokens: &tokens(account, now), pair: None }, now)
}

/// What is stored of a notification whose token is good: a line of an import without secrets, or its bytes.
fn genuine(account: &Account, headers: &HeaderMap, query: &str, body: &[u8]) -> Option<Arrival> {
    let connector = account.connector()?;
    let now = Utc::now();
    let authorization = authorizations(headers);
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let arrived = Arrived { authorization: &authorization, query, content_type, body };
    let tokens = tokens(account, now);
    let pair = match &account.key {
        Some(Key::Pair(public, private)) => Some((public.expose(), private.expose())),
        Some(Key::Bearer(..)) | None => None,
    };
    if !(connector.is_genuine)(&arrived, &Keys { tokens: &tokens, pair }, now) {
        return None;
    }
    let provider = account.provider.name();
    let json = (connector.body)(&arrived).filter(|json| serde_json::from_slice::<serde_json::Value>(json).is_ok());
    let at = now.to_rfc3339_opts(SecondsFormat::Micros, true);
    let (line, is_line) = match json {
        Some(json) => {
            let mut line =
                format!(r#"{{"type":"notification","provider":"{provider}","at":"{at}","body":"#).into_bytes();
            // A line has no breaks in it; in JSON they are blanks.
            line.extend(json.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
            line.push(b'}');
            (line, true)
        }
        None => (body.to_vec(), false),
    };
    let line = secret::blanked(&account.blanked(&line));
    Some(Arrival { account: account.name.clone(), provider, line, is_line })
}

/// Stores what arrives, as much at once as has come: each commit waits for the disk, and they share it.
async fn store(server: Arc<Server>, mut arrivals: mpsc::Receiver<(Arrival, oneshot::Sender<bool>)>) {
    let mut waiting = Vec::new();
    while arrivals.recv_many(&mut waiting, BATCH).await > 0 {
        let (batch, told): (Vec<Arrival>, Vec<oneshot::Sender<bool>>) = waiting.drain(..).unzip();
        let stored = health::in_time(received::store(&server.store.pool, &batch)).await;
        if let Err(error) = &stored {
            tracing::warn!(count = batch.len(), error = %crate::text::clean(&error.to_string()), "notifications cannot be stored");
            server.store.sweep().await;
            _ = server.store.revive().await;
        }
        for told in told {
            // Who no longer waits sends it again.
            _ = told.send(stored.is_ok());
        }
        server.ring();
    }
}
