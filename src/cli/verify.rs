//! `recourse verify`.

use std::io::{self, IsTerminal};

use indicatif::ProgressBar;
use serde::Serialize;

use super::{Desk, anchor};
use crate::exit::{CliError, End};
use crate::settings::ask::work::Verify;
use crate::store::verify::{self, Fault, Report};
use crate::store::{StoreError, guards, health};
use crate::text;

#[derive(Serialize)]
struct FaultLine<'a> {
    fault: &'a str,
    place: &'a str,
    seq: Option<i32>,
}

#[derive(Serialize)]
struct ReportLine {
    result: &'static str,
    orders: u64,
    transitions: u64,
    erased: u64,
    faults: usize,
    /// Whether functions, triggers, views and grants were compared: only the owner of the database can.
    guards: &'static str,
}

/// Checks that log, orders and counts agree, or prints what is wrong.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails; [`CliError::Usage`] if the anchor cannot be read; [`CliError::Io`] if it or the output
/// cannot be written. What disagrees is not an error: it ends in [`End::Failed`].
pub async fn verify(desk: &mut Desk<'_>, ask: &Verify) -> Result<End, CliError> {
    let anchored = ask.anchor.as_deref().map(anchor::read).transpose()?;
    let bar = io::stderr().is_terminal().then(ProgressBar::new_spinner);
    let show = |report: &Report| {
        if let Some(bar) = &bar {
            bar.set_message(format!("{} orders, {} transitions", report.orders, report.transitions));
            bar.tick();
        }
    };
    // It takes as long as the history is; only a server that no longer answers ends it.
    let verifying = verify::verify(&desk.store, ask.since, show);
    let verified = health::while_alive(&desk.store, verifying).await.map_err(|error| match error {
        StoreError::NotAllowed(_) => {
            let words = "verify reads what only a member of recourse_writer may read: use such a login";
            CliError::Missing(words.to_owned())
        }
        error => error.into(),
    })?;
    let Report { orders, transitions, erased, mut faults } = verified;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    let days = match &anchored {
        Some(kept) => {
            let comparing = anchor::compare(&desk.store, kept, ask.since, &mut faults);
            health::while_alive(&desk.store, comparing).await?
        }
        None => Vec::new(),
    };
    let changed = health::while_alive(&desk.store, guards::compare(&desk.store)).await?;
    let guards = if changed.is_some() { "compared" } else { "not_compared" };
    let place = || "schema".to_owned();
    faults.extend(changed.iter().flatten().map(|what| Fault { place: place(), seq: None, what: what.clone() }));
    for fault in &faults {
        if desk.json {
            desk.line(&FaultLine { fault: &fault.what, place: &fault.place, seq: fault.seq })?;
        } else {
            let seq = fault.seq.map_or_else(String::new, |seq| format!(" version {seq}"));
            writeln!(desk.out, "{}{seq}: {}", text::clean(&fault.place), fault.what)?;
        }
    }
    let sound = faults.is_empty();
    if let Some(path) = ask.anchor.as_deref().filter(|_| sound) {
        anchor::add(path, &days)?;
    }
    if desk.json {
        let result = if sound { "sound" } else { "tampered" };
        desk.line(&ReportLine { result, orders, transitions, erased, faults: faults.len(), guards })?;
    } else {
        let verdict = match (sound, ask.since) {
            (true, None) => "log, orders and counts agree".to_owned(),
            (true, Some(_)) => "what grew since then agrees; the counts were not looked at".to_owned(),
            (false, _) if faults.len() == 1 => "1 error".to_owned(),
            (false, _) => format!("{} errors", faults.len()),
        };
        let erased = if erased == 0 { String::new() } else { format!(" ({erased} with something erased)") };
        writeln!(desk.out, "{orders} orders{erased}, {transitions} transitions: {verdict}")?;
        if changed.is_none() {
            writeln!(
                desk.out,
                "Not compared: functions, triggers, views and grants. Run it as the owner of the database, who may create a schema in it"
            )?;
        }
    }
    Ok(if sound { End::Done } else { End::Failed })
}
