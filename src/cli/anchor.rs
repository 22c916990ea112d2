//! The file of `recourse verify --anchor`: a line for each day that is over, to be kept elsewhere.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};

use crate::exit::CliError;
use crate::store::Store;
use crate::store::days::{self, Day};
use crate::store::verify::Fault;
use crate::text;

fn named(path: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::Usage(format!("{}: {}", text::clean(&path.to_string_lossy()), text::trouble(error)))
}

/// The days that the file keeps; none if there is no file yet.
///
/// # Errors
///
/// [`CliError::Usage`] if it cannot be read, or a line of it is no day.
pub fn read(path: &Path) -> Result<Vec<Day>, CliError> {
    let text = match crate::desk::place::text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(named(path, &error)),
    };
    let day = |(number, line): (usize, &str)| {
        let day: Option<Day> = serde_json::from_str(line).ok();
        day.filter(|day| day.day.parse::<NaiveDate>().is_ok())
            .ok_or_else(|| named(path, &format!("line {} is no day of an anchor", number + 1)))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(day).collect()
}

/// Adds a fault for each kept day that is not in the database as it was; with `since`, only of days from then on. Returns the days
/// that are over and not kept yet.
///
/// # Errors
///
/// [`CliError::Store`] if the database fails.
pub async fn compare(
    store: &Store,
    kept: &[Day],
    since: Option<DateTime<Utc>>,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Day>, CliError> {
    let last = kept.iter().map(Day::date).max();
    // What is not kept yet is read as well, however long ago the last run was.
    let from = since.map(|since| since.date_naive()).map(|since| last.map_or(since, |last| last.min(since)));
    let found = days::over(store, from.filter(|_| last.is_some())).await?;
    let compared: Vec<Day> = kept.iter().filter(|day| from.is_none_or(|from| day.date() >= from)).cloned().collect();
    faults.extend(days::differing(&compared, &found));
    Ok(found.into_iter().filter(|day| last.is_none_or(|last| day.date() > last)).collect())
}

/// Adds days to the end of the file.
///
/// # Errors
///
/// [`CliError::Usage`] if it cannot be written.
pub fn add(path: &Path, days: &[Day]) -> Result<(), CliError> {
    if days.is_empty() && path.exists() {
        return Ok(());
    }
    let lines: Vec<String> =
        days.iter().map(serde_json::to_string).collect::<Result<_, _>>().map_err(|error| named(path, &error))?;
    let file = OpenOptions::new().create(true).append(true).open(path);
    let written = file.and_then(|mut file| {
        file.write_all(lines.iter().map(|line| format!("{line}\n")).collect::<String>().as_bytes())
    });
    written.map_err(|error| named(path, &error))
}
