//! Figures for Prometheus, served on this machine only.

use std::collections::VecDeque;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use chrono::{DateTime, TimeDelta, Utc};
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use strum::VariantArray;

use crate::domain::{Currency, Provider};
use crate::store::feed::{self, Place};
use crate::store::{Store, StoreError, accounts as accounts_of, alerts, health, heartbeat, read, received, watch};
use crate::stuck::band::{Band, whole};
use crate::stuck::figures::Facts;
use crate::stuck::grid::Moments;
use crate::text;

/// The time that the rate covers.
const WINDOW: Duration = Duration::from_secs(60);
/// The pause between two reads of the feed.
const LOOK: Duration = Duration::from_secs(1);
/// How many rows of the feed are read at a time.
const ROWS: i64 = 1_000;

type Labels = Vec<(&'static str, String)>;
type Figure = Gauge<f64, AtomicU64>;

/// How many transitions were recorded since this process started.
#[derive(Debug)]
pub struct Counted {
    total: u64,
    samples: VecDeque<(Instant, u64)>,
}

impl Counted {
    fn new(now: Instant) -> Self {
        Self { total: 0, samples: VecDeque::from([(now, 0)]) }
    }

    fn add(&mut self, count: u64, now: Instant) {
        self.total += count;
        self.samples.push_back((now, self.total));
        while self.samples.len() > 2 && self.samples.get(1).is_some_and(|(at, _)| now - *at >= WINDOW) {
            self.samples.pop_front();
        }
    }

    /// Transitions per second, over the last minute or since the start.
    fn rate(&self, now: Instant) -> f64 {
        let (since, before) = self.samples.front().copied().unwrap_or((now, self.total));
        let seconds = (now - since).as_secs_f64();
        if seconds > 0.0 { (self.total - before) as f64 / seconds } else { 0.0 }
    }
}

struct Source {
    store: Store,
    counted: Mutex<Counted>,
}

/// Serves until dropped, on an address of this machine.
///
/// # Errors
///
/// [`std::io::Error`] is only its type: the server retries a connection that it cannot accept, and never returns.
pub async fn serve(store: Store, listener: tokio::net::TcpListener) -> Result<(), std::io::Error> {
    let source = Arc::new(Source { store, counted: Mutex::new(Counted::new(Instant::now())) });
    tokio::spawn(count(source.clone()));
    let router = Router::new().route("/metrics", get(metrics)).with_state(source);
    axum::serve(listener, router).await
}

/// Counts transitions from the feed until the process ends.
async fn count(source: Arc<Source>) {
    let mut place = None;
    loop {
        match health::in_time(look(&source.store, &mut place)).await {
            Ok(count) => {
                source.counted.lock().unwrap_or_else(PoisonError::into_inner).add(count, Instant::now());
            }
            Err(_) => source.store.sweep().await,
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(store: &Store, place: &mut Option<Place>) -> Result<u64, StoreError> {
    let place = match place {
        Some(place) => place,
        None => place.insert(Place::head(&store.pool).await?.0),
    };
    let mut count = 0;
    loop {
        let news = feed::since(&store.pool, place, ROWS).await?;
        count += news.iter().filter(|news| !news.of_case).count() as u64;
        if (news.len() as i64) < ROWS {
            return Ok(count);
        }
    }
}

async fn metrics(State(source): State<Arc<Source>>) -> impl IntoResponse {
    let (total, rate) = {
        let counted = source.counted.lock().unwrap_or_else(PoisonError::into_inner);
        (counted.total, counted.rate(Instant::now()))
    };
    let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
    match health::in_time(text(&source.store, Utc::now(), Some((total, rate)))).await {
        Ok(text) => (StatusCode::OK, kind, text),
        // Without the database no figures are served, only that it is down.
        Err(_) => (StatusCode::OK, kind, down()),
    }
}

fn up(registry: &mut Registry, is: bool) {
    let up = Gauge::<i64>::default();
    up.set(i64::from(is));
    registry.register("recourse_up", "Whether the database answers", up);
}

fn down() -> String {
    let mut registry = Registry::default();
    up(&mut registry, false);
    written(&registry)
}

fn written(registry: &Registry) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    _ = encode(&mut text, registry);
    text
}

/// Minor units as major units, for graphs: not exact enough for accounts.
fn major(minor: i128, currency: Currency) -> f64 {
    minor as f64 / 10_f64.powi(currency.exponent() as i32)
}

/// Registers the figures of each merchant.
fn by_merchant(registry: &mut Registry, facts: &Facts, now: DateTime<Utc>) {
    let approved = Family::<Labels, Gauge>::default();
    let expired = Family::<Labels, Gauge>::default();
    let unconfirmed = Family::<Labels, Gauge>::default();
    let oldest = Family::<Labels, Figure>::default();
    let drift = Family::<Labels, Gauge>::default();
    for (merchant, figures) in &facts.merchants {
        let labels = vec![("merchant", text::clean(merchant))];
        approved.get_or_create(&labels).set(figures.count);
        expired.get_or_create(&labels).set(figures.expired);
        unconfirmed.get_or_create(&labels).set(figures.unconfirmed);
        let age = figures.unconfirmed_since.map_or(0.0, |since| (now - since).as_seconds_f64());
        oldest.get_or_create(&labels).set(age);
        for (cause, count) in &figures.drift {
            let labels = vec![("merchant", text::clean(merchant)), ("kind", cause.name().to_owned())];
            drift.get_or_create(&labels).set(*count);
        }
    }
    registry.register("recourse_merchant_approved_orders", "Orders at Approved by merchant", approved);
    registry.register("recourse_merchant_expired_orders", "Orders that are presumed expired", expired);
    registry.register("recourse_merchant_unconfirmed_orders", "Orders with an unconfirmed move", unconfirmed);
    registry.register(
        "recourse_merchant_unconfirmed_oldest_seconds",
        "How long the first of these moves has been unconfirmed",
        oldest,
    );
    registry.register("recourse_merchant_drift_orders", "Orders with another status here than at the provider", drift);
    let held = Family::<Labels, Gauge>::default();
    for found in &facts.quarantined {
        let (kind, detail, merchant) = (found.kind.clone(), text::clean(&found.detail), text::clean(&found.merchant));
        let labels = vec![("kind", kind), ("detail", detail), ("merchant", merchant)];
        held.get_or_create(&labels).set(found.count);
    }
    registry.register("recourse_quarantined_facts", "Facts in quarantine by kind and merchant", held);
}

/// Registers what waits for the providers, and the accounts that reach them.
async fn of_providers(registry: &mut Registry, store: &Store, now: DateTime<Utc>) -> Result<(), StoreError> {
    let open = received::backlog(&store.pool).await?;
    let requests = Family::<Labels, Gauge>::default();
    let counts = [
        ("to_approve", open.to_approve),
        ("queued", open.queued),
        ("sending", open.sending),
        ("unknown", open.unknown),
    ];
    for (state, count) in counts {
        requests.get_or_create(&vec![("state", state.to_owned())]).set(count);
    }
    registry.register("recourse_requests", "Open requests to the providers by state", requests);
    let [notified, readings] = [open.received, open.readings].map(|count| {
        let gauge = Gauge::<i64>::default();
        gauge.set(count);
        gauge
    });
    registry.register("recourse_notifications_waiting", "Notifications that are stored and not judged yet", notified);
    registry.register("recourse_readings_waiting", "Orders that are to be read at their provider", readings);
    let accounts = Family::<Labels, Gauge>::default();
    for account in accounts_of::all(&store.pool).await? {
        let health = account.standing(now).to_owned();
        accounts.get_or_create(&vec![("account", account.name), ("health", health)]).set(1);
    }
    registry.register("recourse_accounts", "Accounts at the providers, 1 for the health that each has", accounts);
    Ok(())
}

/// Registers how far the feed is behind, a standby's delay if it is one, and what is in quarantine.
fn of_the_feed(registry: &mut Registry, beat: &feed::Beat) {
    let mut seconds = |name: &str, help: &str, seconds: f64| {
        let figure = Figure::default();
        figure.set(seconds);
        registry.register(name, help, figure);
    };
    seconds("recourse_feed_age_seconds", "How far the feed is behind", beat.behind);
    if let Some(lag) = beat.lag {
        seconds("recourse_standby_lag_seconds", "How far the standby is behind its primary", lag);
    }
    let waiting = Gauge::<i64>::default();
    waiting.set(beat.quarantined);
    registry.register("recourse_quarantined", "Facts in quarantine, counted up to 100,000", waiting);
}

/// The figures at this moment; with the number of transitions and their rate, if they were counted.
///
/// # Errors
///
/// [`StoreError`] if any of the figures cannot be read from the database.
pub async fn text(store: &Store, now: DateTime<Utc>, counted: Option<(u64, f64)>) -> Result<String, StoreError> {
    let pool = &store.pool;
    let counts = read::board(pool).await?;
    let grid = watch::grid(pool, &Moments::new(now, TimeDelta::zero())).await?;
    let facts = watch::facts(pool, now).await?;
    let beat = feed::pulse(pool, "", 100_000).await?;
    let standings = alerts::all(pool).await?;

    let mut registry = Registry::default();
    up(&mut registry, true);
    let orders = Family::<Labels, Gauge>::default();
    for status in Provider::all().iter().flat_map(|provider| provider.statuses()) {
        let here = counts.iter().filter(|count| count.status == status).map(|count| count.orders).sum();
        let labels = vec![("provider", status.provider().name().to_owned()), ("status", status.name().to_owned())];
        orders.get_or_create(&labels).set(here);
    }
    registry.register("recourse_orders", "Orders by status", orders);

    let bands = Family::<Labels, Gauge>::default();
    for (band, cell) in Band::VARIANTS.iter().zip(&grid.all.cells) {
        bands.get_or_create(&vec![("band", band.name().to_owned())]).set(cell.orders);
    }
    registry.register("recourse_approved_orders", "Orders at Approved by how much of their time has passed", bands);
    let risk = Family::<Labels, Figure>::default();
    for total in &grid.all.whole.amounts {
        let labels = vec![("currency", total.currency.code().to_owned())];
        risk.get_or_create(&labels).set(major(total.minor, total.currency));
    }
    registry.register("recourse_approved_at_risk", "Money at Approved, in major units", risk);
    let oldest = facts.merchants.values().filter_map(|figures| figures.oldest).min();
    let age = Figure::default();
    age.set(oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64()));
    registry.register("recourse_approved_oldest_seconds", "Age of the oldest order at Approved, since approval", age);
    let limit = Figure::default();
    limit.set(whole().as_seconds_f64());
    registry.register("recourse_approved_limit_seconds", "Age at which an order at Approved expires", limit);

    by_merchant(&mut registry, &facts, now);
    let beats = Family::<Labels, Figure>::default();
    for beat in heartbeat::all(pool).await? {
        let labels = vec![("worker", beat.worker)];
        beats.get_or_create(&labels).set((now - beat.beat_at).as_seconds_f64());
    }
    registry.register("recourse_heartbeat_age_seconds", "How long ago each background worker last reported", beats);

    of_providers(&mut registry, store, now).await?;
    of_the_feed(&mut registry, &beat);
    let firing = Family::<Labels, Gauge>::default();
    for standing in standings.iter().filter(|standing| standing.is_open()) {
        let quiet = standing.is_quiet(now).to_string();
        let labels = vec![("severity", standing.severity.name().to_owned()), ("acknowledged", quiet)];
        firing.get_or_create(&labels).inc();
    }
    registry.register("recourse_alerts", "Open alerts", firing);
    if let Some((total, rate)) = counted {
        let transitions = Counter::<u64>::default();
        transitions.inc_by(total);
        registry.register("recourse_transitions", "Transitions recorded since this process started", transitions);
        let a_second = Figure::default();
        a_second.set(rate);
        registry.register("recourse_transitions_per_second", "Transitions per second over the last minute", a_second);
    }
    Ok(written(&registry))
}
