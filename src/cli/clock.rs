//! `recourse clock`: flags orders past their deadline, or expires them.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Desk;
use super::json::time;
use crate::exit::{CliError, End};
use crate::settings::ask::work::{Clock, Work};
use crate::store::health;
use crate::text;
use crate::work::clock::{self, CLOCK, Mode, Swept};

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

/// Runs the clocks once, or until stopped.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only; [`CliError::Store`] if the database fails; [`CliError::Io`] if the
/// output cannot be written.
pub async fn clock(desk: &mut Desk<'_>, work: &Work, ask: &Clock) -> Result<End, CliError> {
    desk.writes()?;
    let modes = work.modes();
    if !modes.statuses(Mode::Apply).is_empty()
        && let Some(end) = super::intake_only(desk).await?
    {
        return Ok(end);
    }
    if ask.once {
        let now = health::agreed(&desk.store).await?;
        let at = ask.at.unwrap_or(now);
        if at > now + TimeDelta::minutes(1) {
            let words =
                "--at is ahead of the database's clock: an order expires when its deadline has passed, and not before";
            return Err(CliError::Usage(words.to_owned()));
        }
        let swept = clock::sweep(&desk.store, modes, at).await?;
        tell(desk, at, &swept)?;
        return Ok(if swept.faults.is_empty() { End::Done } else { End::Failed });
    }
    let store = desk.store.clone();
    let mut failed = None;
    let ended = super::keep_on(&store, CLOCK, async || {
        let told = |at: DateTime<Utc>, swept: &Swept| failed = tell(desk, at, swept).err().or(failed.take());
        clock::run(&store, modes, told).await
    })
    .await;
    ended.map_err(CliError::from).and(failed.map_or(Ok(End::Done), Err))
}

fn tell(desk: &mut Desk<'_>, at: DateTime<Utc>, swept: &Swept) -> Result<(), CliError> {
    let at = at.trunc_subsecs(3);
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
            said.push(format!("{flagged} past their deadline, left for a person to verify"));
        }
        let words = if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) };
        writeln!(desk.out, "{} {} expired{words}", time(at), swept.count())?;
        for (key, why) in faults {
            writeln!(desk.out, "{}: cannot expire: {}", text::clean(&key.to_string()), text::clean(why))?;
        }
    }
    Ok(desk.out.flush()?)
}
