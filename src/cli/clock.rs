//! `recourse clock`: what is over its deadline expires.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::signal::unix::{SignalKind, signal};

use super::ask::work::{Clock, Work};
use super::json::time;
use super::{CliError, Desk, End};
use crate::store::{StoreError, heartbeat};
use crate::text;
use crate::work::clock::{self, CLOCK, Swept};

#[derive(Serialize)]
struct SweptLine {
    result: &'static str,
    at: String,
    expired: u64,
    by_status: Map<String, Value>,
    flagged: u64,
    conflicts: u64,
    faults: Vec<FaultLine>,
}

#[derive(Serialize)]
struct FaultLine {
    order: String,
    message: String,
}

/// Runs the clocks once, or until it is stopped.
pub async fn clock(desk: &mut Desk<'_>, work: &Work, ask: &Clock) -> Result<End, CliError> {
    if desk.store.read_only {
        return Err(CliError::Usage("nothing expires with --read-only".to_owned()));
    }
    let modes = work.modes();
    if ask.once {
        let at = ask.at.unwrap_or_else(Utc::now);
        let swept = clock::sweep(&desk.store, modes, at).await?;
        tell(desk, at, &swept)?;
        return Ok(if swept.faults.is_empty() { End::Done } else { End::Failed });
    }
    let store = desk.store.clone();
    let mut failed = None;
    let stopped = super::until_stopped(async {
        loop {
            let told = |at: DateTime<Utc>, swept: &Swept| failed = tell(desk, at, swept).err().or(failed.take());
            let ended = clock::run(&store, modes, told).await;
            match ended {
                Err(error) if error.is_lost() => super::come_back(&store, &error).await,
                ended => break ended,
            }
        }
    })
    .await;
    _ = heartbeat::beat(&desk.store, CLOCK, Utc::now(), std::time::Duration::ZERO).await;
    match (stopped, failed) {
        (Some(Err(error)), _) => Err(error.into()),
        (_, Some(error)) => Err(error),
        (Some(Ok(())) | None, None) => Ok(End::Done),
    }
}

fn tell(desk: &mut Desk<'_>, at: DateTime<Utc>, swept: &Swept) -> Result<(), CliError> {
    let Swept { expired, flagged, conflicts, faults } = swept;
    if desk.json {
        let by_status = expired.iter().map(|(status, count)| (status.name().to_owned(), Value::from(*count))).collect();
        let fault = |(key, message): &(crate::domain::OrderKey, String)| FaultLine {
            order: key.to_string(),
            message: message.clone(),
        };
        desk.line(&SweptLine {
            result: "done",
            at: time(at),
            expired: swept.count(),
            by_status,
            flagged: *flagged,
            conflicts: *conflicts,
            faults: faults.iter().map(fault).collect(),
        })?;
    } else {
        let mut said: Vec<String> =
            expired.iter().map(|(status, count)| format!("{count} from {}", status.title())).collect();
        if *flagged > 0 {
            said.push(format!("{flagged} over their deadline and left to be verified"));
        }
        let words = if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
        writeln!(desk.out, "{} {} expired{words}", time(at), swept.count())?;
        for (key, why) in faults {
            writeln!(desk.out, "{}: cannot expire: {}", text::clean(&key.to_string()), text::clean(why))?;
        }
    }
    Ok(desk.out.flush()?)
}

/// The signals that end what runs until it is stopped.
pub(super) async fn signals() -> Result<(), StoreError> {
    let gone = |error: std::io::Error| StoreError::Unreachable(error.to_string());
    let mut term = signal(SignalKind::terminate()).map_err(gone)?;
    let mut hup = signal(SignalKind::hangup()).map_err(gone)?;
    let mut int = signal(SignalKind::interrupt()).map_err(gone)?;
    tokio::select! {
        _ = term.recv() => {}
        _ = hup.recv() => {}
        _ = int.recv() => {}
    }
    Ok(())
}
