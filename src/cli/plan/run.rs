//! `recourse plan run`: how a run goes, and how it ended.

use std::io::IsTerminal;

use chrono::Utc;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::{COUNTED, confirmed, told};
use crate::cli::Desk;
use crate::domain::Role;
use crate::exit::{CliError, End};
use crate::store::plans;
use crate::stuck::STUCK;
use crate::text;
use crate::work::plan::run::{Ended, Progress, run};
use crate::work::plan::{self, Totals};

const fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct RanLine {
    result: &'static str,
    plan: i64,
    accepted: usize,
    confirmed: i64,
    refused: usize,
    changed: usize,
    unknown: usize,
    /// Asked of the provider, without an answer yet.
    #[serde(skip_serializing_if = "is_zero")]
    waiting: usize,
    /// How many of its rows were blocked at the provider when the run began, if it was counted.
    #[serde(skip_serializing_if = "is_zero")]
    blocked: usize,
    rest: usize,
    message: Option<String>,
}

/// How many rows of a plan the provider would not accept now, if it is a small one.
async fn blocked(desk: &Desk<'_>, number: i64, automatic: &[String]) -> Result<usize, CliError> {
    // A large plan starts at once: `plan show` names what is blocked.
    let small = plans::plan(&desk.store.pool, number).await?.is_some_and(|plan| plan.rest() <= COUNTED);
    let totals = match small {
        true => plan::totals(&desk.store, desk.roles, number, automatic, Utc::now()).await?,
        false => Totals::default(),
    };
    Ok(totals.blocked)
}

/// A bar on the terminal, if there is one.
fn bar() -> Option<ProgressBar> {
    let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length)?;
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    Some(bar)
}

/// How a run that came to its end is told: its worst row says it.
const fn finished(progress: Progress) -> (&'static str, Progress, Option<String>, End) {
    let end = match (progress.refused, progress.changed, progress.unknown) {
        (0, 0, 0) => End::Done,
        (0, 0, _) => End::Pending,
        (0, _, _) => End::Conflict,
        (_, _, _) => End::Refused,
    };
    ("finished", progress, None, end)
}

/// Runs a plan, or continues it.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub(super) async fn go(
    desk: &mut Desk<'_>,
    role: Option<Role>,
    automatic: &[String],
    (number, rate): (i64, Option<i32>),
) -> Result<End, CliError> {
    let blocked = blocked(desk, number, automatic).await?;
    let bar = bar();
    let show = |progress: &Progress| {
        if let Some(bar) = &bar {
            let done = progress.accepted + progress.refused + progress.changed + progress.unknown;
            bar.set_length((done + progress.rest) as u64);
            bar.set_position(done as u64);
            bar.set_message(format!("{} refused, {} changed", progress.refused, progress.changed));
        }
    };
    let ended = run(&desk.store, role, number, rate, &Utc::now, show).await?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    let (result, progress, message, end) = match ended {
        Ended::Busy => return crate::cli::said(desk, "conflict", "someone else is running this plan", End::Conflict),
        Ended::NotApproved => {
            let words = format!("another person must approve this plan first: recourse plan approve {number}");
            return crate::cli::said(desk, "refused", &words, End::Refused);
        }
        Ended::Not(answer) => return told(desk, number, answer).await,
        Ended::Finished(progress) => finished(progress),
        Ended::Paused(progress) => ("paused", progress, None, End::Done),
        // What was asked has no answer yet, and may still have one.
        Ended::Stopped(progress, why) if progress.waiting > 0 => ("stopped", progress, Some(why), End::Pending),
        Ended::Stopped(progress, why) => ("stopped", progress, Some(why), End::Failed),
        Ended::Lost(progress) => {
            let words = "the database was lost for too long: run the plan again, it continues".to_owned();
            ("unknown", progress, Some(words), End::NoDatabase)
        }
    };
    let Progress { accepted, refused, changed, unknown, waiting, rest } = progress;
    // Without a database it is not known, and nothing was confirmed in between by this run.
    let confirmed = confirmed(desk, number).await.unwrap_or(0);
    if desk.json {
        desk.line(&RanLine {
            result,
            plan: number,
            accepted,
            confirmed,
            refused,
            changed,
            unknown,
            waiting,
            blocked,
            rest,
            message,
        })?;
    } else {
        let counts = format!(
            "{accepted} recorded, {confirmed} confirmed by the provider, {refused} refused, {changed} changed meanwhile, {unknown} unknown"
        );
        let why = message.map_or_else(String::new, |why| format!(": {}", text::clean(&why)));
        let asked = if waiting > 0 { format!(", {waiting} of them asked and not answered yet") } else { String::new() };
        writeln!(desk.out, "plan {number} {result}{why}: {counts}, {rest} left{asked}")?;
        if blocked > 0 {
            let provider = STUCK.provider().title();
            let fault = format!("{provider} would not have accepted {blocked} of its rows when it began");
            writeln!(desk.out, "{fault}: recourse plan show {number} names the causes")?;
        }
    }
    Ok(end)
}
