//! `recourse case dossier` and `recourse case history`: one case for someone outside, and what its people did before.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono::Utc;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::super::Desk;
use super::super::json::time;
use super::json::CaseShown;
use crate::cases::dossier::{About, lines, title};
use crate::cases::{history, pdf};
use crate::desk::cases::shown;
use crate::desk::place;
use crate::exit::{CliError, End};
use crate::records::{Language, Met, Zone};
use crate::store::cases::{policy, read};
use crate::store::read as orders;
use crate::text;

/// How many earlier orders are listed.
const MOST: i64 = 500;

#[derive(Serialize)]
struct MetLine<'a> {
    same: &'static str,
    order: &'a str,
    status: &'a str,
    currency: &'a str,
    amount: String,
    opened_at: String,
    case: Option<i32>,
    reason: Option<&'a str>,
    stage: Option<&'static str>,
    outcome: Option<&'static str>,
    to_seller: Option<String>,
    to_buyer: Option<String>,
}

impl<'a> MetLine<'a> {
    fn of(met: &'a Met) -> Self {
        let digits = |minor: i64| {
            let known = crate::domain::Currency::parse(&met.currency).ok();
            known.map_or_else(|| minor.to_string(), |it| crate::domain::Money::new(minor, it).digits())
        };
        Self {
            same: met.same.name(),
            order: met.id(),
            status: &met.status,
            currency: &met.currency,
            amount: digits(met.amount),
            opened_at: time(met.opened_at),
            case: met.number,
            reason: met.reason.as_deref(),
            stage: met.stage.map(|it| it.name()),
            outcome: met.basis.map(|it| it.name()),
            to_seller: met.to_seller.map(digits),
            to_buyer: met.to_buyer.map(digits),
        }
    }
}

/// Prints earlier orders and cases of an order's people, the strongest match first, and what they sum up to.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order; [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be
/// written.
pub async fn history(desk: &mut Desk<'_>, order: &str) -> Result<End, CliError> {
    let key = desk.find(order).await?;
    let found = read::history(&desk.store.pool, &key.to_string(), MOST).await?;
    if desk.json {
        for met in &found {
            desk.line(&MetLine::of(met))?;
        }
        return Ok(End::Done);
    }
    let policy = policy::current(&desk.store.pool).await?.policy;
    if found.is_empty() {
        writeln!(desk.out, "None of these people had an earlier order.")?;
    }
    for same in history::KINDS {
        let Some(sum) = history::summed(&found, same) else { continue };
        writeln!(desk.out, "{sum}")?;
        for met in found.iter().filter(|met| met.same == same) {
            writeln!(desk.out, "  {}", text::clean(&history::words(met, &policy)))?;
        }
    }
    Ok(End::Done)
}

/// A file of a dossier: where it is in the folder, and its bytes.
type Part = (PathBuf, Vec<u8>);

/// Writes everything about a case into a new folder: as text, PDF and JSON, with the evidence, the letters and the digests of all.
///
/// # Errors
///
/// [`CliError::Missing`] if there is no such order or case, or a PDF cannot be made; [`CliError::Usage`] if the folder exists or cannot be
/// made; [`CliError::Store`] if the database fails.
pub async fn dossier(
    desk: &mut Desk<'_>,
    order: &str,
    number: Option<i32>,
    to: &Path,
    notes: bool,
) -> Result<End, CliError> {
    let key = desk.find(order).await?;
    let id = key.to_string();
    let missing = || CliError::Missing(format!("{key} has no such case"));
    let file = shown::file(&desk.store, &id, number).await?.ok_or_else(missing)?;
    let pool = desk.store.pool.clone();
    let log = orders::timeline(&pool, &key, 0).await?;
    let hash = orders::last_hash(&pool, &key).await?;
    let zone: Zone = desk.zone.unwrap_or_else(|| file.policy.zone());
    let by = desk.store.person.clone();
    let about = About {
        stored: &file.stored,
        log: &log,
        whole: &file.whole,
        policy: &file.policy,
        zone,
        now: Utc::now(),
        by: &by,
        hash: &hash,
        notes,
    };
    let lines = lines(about);
    let unprintable = |error: pdf::Unprintable| CliError::Missing(error.to_string());
    let paper = pdf::paper(&title(about), Language::English, &lines).map_err(unprintable)?;
    let mut parts: Vec<Part> =
        vec![("dossier.txt".into(), (lines.join("\n") + "\n").into_bytes()), ("dossier.pdf".into(), paper)];
    let outside = CaseShown::of(&file.whole, &file.policy, &[], Utc::now());
    if notes {
        // The record for programs has the notes of the team, too.
        parts.push(("case.json".into(), text::json(&outside).map_err(io::Error::other)?.into_bytes()));
    }
    for event in file.whole.events.iter().filter(|event| event.file.is_some()) {
        let found = read::content(&pool, &id, file.whole.case.number, &event.seq.to_string()).await?;
        let Some(found) = found else { continue };
        let name = format!("{:02}-{}", event.seq, plain(&found.name));
        parts.push((Path::new("evidence").join(name), found.content));
    }
    for (party, letter) in shown::letters(&desk.store, &id, number).await?.unwrap_or_default() {
        let Some(letter) = letter else { continue };
        let bytes = pdf::pdf(&letter).map_err(unprintable)?;
        parts.push((Path::new("letters").join(format!("{party}.pdf")), bytes));
    }
    let sum = |(path, bytes): &Part| format!("{}  {}\n", hex(&Sha256::digest(bytes)), path.to_string_lossy());
    let sums: String = parts.iter().map(sum).collect();
    parts.push(("SHA256SUMS".into(), sums.into_bytes()));
    write(to, &parts).map_err(|error| {
        CliError::Usage(format!("{}: {}", text::clean(&to.to_string_lossy()), text::trouble(&error)))
    })?;
    if desk.json {
        let names: Vec<String> = parts.iter().map(|(path, _)| path.to_string_lossy().into_owned()).collect();
        desk.line(&serde_json::json!({ "result": "done", "folder": to.to_string_lossy(), "files": names }))?;
    } else {
        let whole = std::path::absolute(to).unwrap_or_else(|_| to.to_owned());
        writeln!(desk.out, "{}: {} files", text::clean(&whole.to_string_lossy()), parts.len())?;
    }
    Ok(End::Done)
}

/// A name that is safe in every folder: letters, digits, dots and hyphens.
fn plain(name: &str) -> String {
    let safe = |letter: char| if letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_') { letter } else { '-' };
    let name: String = name.chars().map(safe).take(100).collect();
    name.trim_start_matches('.').to_owned()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes the files into a new folder. Nothing that is there is touched.
fn write(to: &Path, parts: &[Part]) -> io::Result<()> {
    place::target(to)?;
    std::fs::create_dir(to)?;
    for (path, bytes) in parts {
        let path = to.join(path);
        path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
        File::create_new(&path)?.write_all(bytes)?;
    }
    Ok(())
}
