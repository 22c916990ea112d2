//! `recourse letter` and `recourse report`: decisions for people outside the desk.

use std::io::{self, Write};

use chrono::{DateTime, TimeDelta, Utc};

use super::super::Desk;
use super::super::export::written;
use crate::cases::{pdf, report};
use crate::desk::cases::shown;
use crate::desk::cell::guarded;
use crate::desk::place;
use crate::exit::{CliError, End};
use crate::records::Zone;
use crate::records::report::Common;
use crate::settings::ask::tell::{LetterAsk, ReportAsk};
use crate::store::cases::{policy, report as kept};
use crate::text;

/// How many cases behind a line of the report are listed.
const MOST: i64 = 10_000;
/// The width of a letter as text, in columns.
const WIDTH: usize = 78;

/// Prints the letter of a case to a party, or writes it as PDF.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order or case, nothing is decided yet, or the PDF cannot be made;
/// [`CliError::Usage`] if its file cannot be written; [`CliError::Store`] if the database fails.
pub async fn letter(desk: &mut Desk<'_>, ask: &LetterAsk) -> Result<End, CliError> {
    let key = desk.find(&ask.order).await?;
    let missing = || CliError::Missing(format!("{key} has no case"));
    let letters = shown::letters(&desk.store, &key.to_string(), None).await?.ok_or_else(missing)?;
    let undecided = || CliError::Missing(format!("{key}: no letter before a decision"));
    let letter = letters.into_iter().find(|(party, _)| *party == ask.party).and_then(|(_, letter)| letter);
    let letter = letter.ok_or_else(undecided)?;
    if let Some(path) = &ask.pdf {
        let bytes = pdf::pdf(&letter).map_err(|error| CliError::Missing(error.to_string()))?;
        let missing = pdf::missing(&letter);
        if !missing.is_empty() {
            let letters: Vec<String> = missing.iter().map(char::to_string).collect();
            let words = "the PDF has boxes for characters that its font lacks";
            let missing = text::clean(&letters.join(" "));
            _ = writeln!(io::stderr(), "recourse: {words}: {missing}; the letter as text has them");
        }
        if path.as_os_str() == "-" {
            desk.out.write_all(&bytes)?;
        } else {
            place::target(path).and_then(|()| std::fs::write(path, bytes)).map_err(|error| {
                CliError::Usage(format!("{}: {}", text::clean(&path.to_string_lossy()), text::trouble(&error)))
            })?;
        }
        return Ok(End::Done);
    }
    if desk.json {
        let line = serde_json::json!({ "order": key.id, "for": ask.party.name(), "language": letter.language, "date": letter.date, "subject": letter.subject, "paragraphs": letter.paragraphs });
        desk.line(&line)?;
    } else {
        write!(desk.out, "{}", letter.text(WIDTH))?;
    }
    Ok(End::Done)
}

/// Prints what the desk did in a period, and what Tamara captured and refunded.
///
/// # Errors
///
/// [`CliError::Usage`] if the period is empty or longer than ten years; [`CliError::Store`] if the database fails;
/// [`CliError::Io`] if the output cannot be written.
pub async fn report(desk: &mut Desk<'_>, ask: &ReportAsk) -> Result<End, CliError> {
    let zone = super::zone(desk).await?;
    let now = Utc::now();
    let to = ask.to.map_or(now, |when| when.at(zone, now));
    let from = ask.from.map_or(to - TimeDelta::days(30), |when| when.at(zone, now));
    if from >= to || to - from > TimeDelta::days(3_700) {
        return Err(CliError::Usage("--from must be before --to, by at most ten years".to_owned()));
    }
    if let Some((common, value)) = &ask.cases {
        return behind(desk, (from, to, zone), (*common, value)).await;
    }
    let (found, policy) = shown::report(&desk.store, from, to, zone).await?;
    if desk.json {
        desk.line(&found)?;
    } else if ask.csv {
        let mut out = csv::Writer::from_writer(&mut *desk.out);
        out.write_record(["table", "of", "figure", "value"]).map_err(written)?;
        for row in report::rows(&found) {
            out.write_record(row.map(|cell| guarded(&cell))).map_err(written)?;
        }
        out.flush()?;
    } else {
        for line in report::lines(&found, &policy, zone) {
            writeln!(desk.out, "{}", line.trim_end())?;
        }
    }
    Ok(End::Done)
}

/// Prints the cases behind a line of the report.
async fn behind(
    desk: &mut Desk<'_>,
    when: (DateTime<Utc>, DateTime<Utc>, Zone),
    which: (Common, &str),
) -> Result<End, CliError> {
    let found = kept::behind(&desk.store.pool, when, which, MOST).await?;
    let policy = policy::current(&desk.store.pool).await?.policy;
    for case in &found {
        if desk.json {
            desk.line(case)?;
        } else {
            writeln!(desk.out, "{}", text::clean(&report::behind(case, &policy)))?;
        }
    }
    Ok(End::Done)
}
