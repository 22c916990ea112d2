//! Follows the feed: what happened in the order book, read soon after it happened. It reconnects when the connection is lost.

use std::convert::Infallible;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use tokio::time::{Instant, sleep, sleep_until};

use crate::console::app::message::Message;
use crate::console::app::pulse::{Move, Pulse};
use crate::console::app::session::Link;
use crate::console::runtime::work::Worker;
use crate::domain::{OrderKey, Status};
use crate::store::StoreError;
use crate::store::feed::{self, Place};

/// How long to wait before reconnecting: at first, and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(8));
/// The longest pause between two reads of the feed. The bell, a notification, makes it shorter.
const POLL: Duration = Duration::from_secs(1);
/// The shortest pause between two reads.
const GATHER: Duration = Duration::from_millis(100);
/// How many rows of the feed are read at a time.
const ROWS: i64 = 1_000;
/// The counts are folded after this many transitions.
const FOLD: usize = 500;
/// How far the quarantine is counted.
const COUNTED: i64 = 1_000;

impl Worker {
    /// Follows the feed as long as the console runs, and reconnects when the connection is lost.
    pub async fn follow(self) {
        let mut pause = PAUSES.0;
        loop {
            let began = Utc::now();
            let mut seen = None;
            match self.follow_once(&mut seen).await {
                Ok(never) => match never {},
                Err(_) if self.send.is_closed() => return,
                Err(_) => {}
            }
            if seen.is_some() {
                pause = PAUSES.0;
            }
            let retry_at = Utc::now() + TimeDelta::from_std(pause).unwrap_or_default();
            if self.send.send(Message::Link(Link::Lost { since: seen.unwrap_or(began), retry_at })).is_err() {
                return;
            }
            sleep(pause).await;
            self.store.sweep().await;
            pause = (pause * 2).min(PAUSES.1);
            // A private server that died is started again. Other servers are not ours to start.
            _ = self.store.revive().await;
        }
    }

    async fn follow_once(&self, seen: &mut Option<chrono::DateTime<Utc>>) -> Result<Infallible, StoreError> {
        let pool = &self.store.pool;
        let mut bell = self.patient(feed::listen(pool)).await?;
        // Of its own, so that a look never waits for a reading of the screen.
        let mut reads = self.patient(self.store.connection()).await?;
        let (mut place, opened) = self.patient(Place::head(&mut reads)).await?;
        let (mut before, mut moves, mut rang) = (Pulse::default(), 0, false);
        self.tell(Message::Link(Link::Live))?;
        loop {
            *seen = Some(Utc::now());
            let pulse = self.patient(self.look(&mut reads, &mut place, opened)).await?;
            moves += pulse.moves.len();
            let eventful = rang || !pulse.moves.is_empty() || !pulse.cases.is_empty();
            if pulse != before || !pulse.moves.is_empty() || !pulse.cases.is_empty() || pulse.rang {
                before =
                    Pulse { moves: Vec::new(), cases: Vec::new(), statuses: Vec::new(), rang: false, ..pulse.clone() };
                self.tell(Message::Pulse(pulse))?;
            }
            if moves >= FOLD && !self.store.is_read_only() {
                moves = 0;
                self.patient(feed::fold(pool)).await?;
            }
            // After a quiet time changes show at once; otherwise there is a pause between two reads.
            let looked = Instant::now();
            tokio::select! {
                heard = feed::rung(&mut bell) => {
                    heard?;
                    if eventful {
                        sleep_until(looked + GATHER).await;
                    }
                    self.tell(Message::Pulse(Pulse { rang: true, ..before.clone() }))?;
                    rang = true;
                }
                () = sleep(POLL) => rang = false,
            }
        }
    }

    async fn look(
        &self,
        reads: &mut PgConnection,
        place: &mut Place,
        opened: DateTime<Utc>,
    ) -> Result<Pulse, StoreError> {
        let mut pulse = Pulse::default();
        let look = loop {
            let whose = (self.store.person.as_str(), COUNTED);
            let (news, look) = feed::look(&mut *reads, place, ROWS, whose).await?;
            let all = (news.len() as i64) < ROWS;
            for item in news {
                if item.of_case {
                    pulse.cases.push(item.order_id);
                    continue;
                }
                let provider = OrderKey::parse(&item.order_id).map(|key| key.provider);
                let status = |name: &str| provider.and_then(|provider| Status::read(provider, name));
                let to = status(&item.to_status);
                let touched = [status(&item.from_status), to].into_iter().flatten();
                touched.for_each(|status| {
                    if !pulse.statuses.contains(&status) {
                        pulse.statuses.push(status);
                    }
                });
                pulse.moves.push(Move {
                    order: item.order_id,
                    seq: item.seq,
                    action: item.action.parse().ok(),
                    to,
                    recorder: item.recorder,
                    old: item.recorded_at < opened,
                });
            }
            if all {
                break look;
            }
        };
        let feed::Look { beat: feed::Beat { quarantined, cases, requests, behind, holder, lag }, unread, .. } = look;
        self.stay().await?;
        // Only steps of five seconds, so that the screen does not change every second.
        (pulse.quarantined, pulse.behind, pulse.unread) = (quarantined, behind as i64 / 5 * 5, unread);
        (pulse.waiting_cases, pulse.waiting_requests) = (cases, requests);
        pulse.holder = holder.filter(|_| pulse.behind > 0);
        pulse.lag = lag.map(|lag| lag as i64 / 5 * 5);
        Ok(pulse)
    }
}
