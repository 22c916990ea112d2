//! Importing facts: `import` and `quarantine`.

use std::fs::File;
use std::io::{IsTerminal, Read};

use chrono::Utc;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::Desk;
use super::answer::refused;
use super::json::time;
use super::table::Table;
use crate::desk::quarantine::{How, settle};
use crate::domain::{Money, OrderKey, Provider, Why};
use crate::exit::{CliError, End};
use crate::intake::import::{self, Summary};
use crate::intake::quarantine::{self, Answer};
use crate::intake::source::{self, Extent};
use crate::records::Quarantined;
use crate::settings::args::{Import, Quarantine, QuarantineVerb};
use crate::store::StoreError;
use crate::store::facts::{self, Wanted};
use crate::text;

/// Imports a file, or standard input.
///
/// # Errors
///
/// [`CliError::Usage`] if the store is read-only; [`CliError::Missing`] if the file cannot be opened; [`CliError::Io`]
/// if it cannot be read to its end; [`CliError::Store`] if the database fails.
pub async fn import(desk: &mut Desk<'_>, ask: &Import) -> Result<End, CliError> {
    desk.writes()?;
    if let Some(end) = super::intake_only(desk).await? {
        return Ok(end);
    }
    if let (Some(ids), Some(account)) = (&ask.ids, &ask.account) {
        return super::accounts::fill(desk, ids, account).await;
    }
    let Some(named) = &ask.file else { return Err(CliError::Usage("name a file".to_owned())) };
    let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length);
    let show = |bytes: u64, summary: &Summary| {
        if let Some(bar) = &bar {
            bar.set_position(bytes);
            bar.set_message(format!("{} lines, {} quarantined", summary.read, summary.quarantined));
        }
    };
    let (input, extent, length): (Box<dyn Read + Send>, _, _) = if named.as_os_str() == "-" {
        (Box::new(std::io::stdin()), Extent::Stream, None)
    } else {
        let file = File::open(named).map_err(|error| of_file(named, &error))?;
        let about = file.metadata()?;
        let extent = if about.is_file() { Extent::File } else { Extent::Stream };
        (Box::new(file), extent, about.is_file().then_some(about.len()))
    };
    style(bar.as_ref(), length);
    let lines = source::open(input, extent).await.map_err(|error| of_file(named, &error))?;
    let summary = import::import_over(&desk.store, ask.connections as usize, lines, show).await?;
    if let Some(bar) = &bar {
        bar.finish_and_clear();
    }
    let Summary { read, applied, repeated, quarantined, .. } = summary;
    tracing::info!(read, applied, repeated, quarantined, "imported");
    if desk.json {
        desk.line(&summary)?;
    } else {
        let Summary { read, applied, inferred, repeated, quarantined, .. } = summary;
        if !summary.unread.is_empty() {
            let names: Vec<String> = summary.unread.iter().map(|name| text::cut(&text::clean(name), 40)).collect();
            writeln!(desk.out, "These fields are not read: {}", names.join(", "))?;
        }
        writeln!(
            desk.out,
            "{read} read: {applied} applied ({inferred} steps inferred), {repeated} repeated, {quarantined} quarantined"
        )?;
        if let Some(number) = summary.import.filter(|_| quarantined > 0) {
            writeln!(desk.out, "Facts that need a decision: recourse quarantine --import {number}")?;
        }
    }
    Ok(if ask.strict && summary.left_something() { End::Failed } else { End::Done })
}

fn of_file(named: &std::path::Path, error: &std::io::Error) -> CliError {
    let name = if named.as_os_str() == "-" { "standard input".into() } else { named.to_string_lossy() };
    CliError::Missing(format!("{}: {}", text::clean(&name), text::trouble(error)))
}

fn style(bar: Option<&ProgressBar>, length: Option<u64>) {
    let Some(bar) = bar else { return };
    let template = match length {
        Some(length) => {
            bar.set_length(length);
            "{bar:40} {percent:>3}% {binary_bytes_per_sec}  {msg}  {eta} left"
        }
        None => "{spinner} {binary_bytes} {binary_bytes_per_sec}  {msg}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}

/// How many facts are read at a time.
const PAGE: i64 = 500;

#[derive(Serialize)]
struct QuarantineLine {
    id: i64,
    order: Option<String>,
    provider: Option<String>,
    at: Option<String>,
    received_at: String,
    why: String,
    message: String,
    /// The word that is not known; empty if there is none.
    detail: String,
    /// The merchant; empty if it is not known.
    merchant: String,
    /// The number of its import.
    import: Option<i64>,
    early: bool,
    readings: Vec<ReadingLine>,
    raw: String,
    /// How many bytes it has, if these are only its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_bytes: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw_hex: Option<String>,
}

#[derive(Serialize)]
struct ReadingLine {
    reading: usize,
    action: &'static str,
    actor: &'static str,
    amount: Option<String>,
}

#[derive(Serialize)]
struct ResultLine {
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<u64>,
    message: String,
}

/// Lists the facts in quarantine, or settles them.
///
/// # Errors
///
/// [`CliError::Usage`] if facts cannot be settled because the store is read-only; [`CliError::Missing`] if there is no
/// such fact; [`CliError::Store`] if the database fails.
pub async fn quarantine(desk: &mut Desk<'_>, ask: &Quarantine) -> Result<End, CliError> {
    if ask.verb.as_ref().is_some_and(|verb| !matches!(verb, QuarantineVerb::Kinds | QuarantineVerb::Raw { .. })) {
        desk.writes()?;
    }
    match &ask.verb {
        None => list(desk, ask).await,
        Some(QuarantineVerb::Kinds) => kinds(desk).await,
        Some(QuarantineVerb::Raw { id }) => {
            let fact =
                facts::quarantined(&mut *desk.store.pool.acquire().await.map_err(StoreError::from)?, *id).await?;
            let fact = fact.ok_or_else(|| CliError::Missing(format!("no fact {id} in quarantine")))?;
            desk.out.write_all(&fact.raw)?;
            Ok(End::Done)
        }
        Some(QuarantineVerb::Retry) => {
            let settled = quarantine::retry(&desk.store).await?;
            let message = format!("{settled} settled");
            say(desk, "done", None, Some(settled), message)?;
            Ok(End::Done)
        }
        Some(QuarantineVerb::Apply { id, reading, note }) => {
            let answer = settle(&desk.store, desk.roles, *id, How::Apply(*reading, None), note, Utc::now()).await?;
            tell(desk, *id, "applied", answer)
        }
        Some(QuarantineVerb::Dismiss { import: Some(number), note, .. }) => dismiss_import(desk, *number, note).await,
        Some(QuarantineVerb::Dismiss { ids, import: None, note }) => {
            let mut end = End::Done;
            for id in ids {
                let answer = settle(&desk.store, desk.roles, *id, How::Dismiss, note, Utc::now()).await?;
                let told = tell(desk, *id, "dismissed", answer)?;
                // The first fact that was not dismissed decides; the others are dismissed all the same.
                end = if end == End::Done { told } else { end };
            }
            Ok(end)
        }
    }
}

/// Dismisses what still needs a decision of one import, however much that is.
async fn dismiss_import(desk: &mut Desk<'_>, number: i64, note: &str) -> Result<End, CliError> {
    let wanted = Wanted { import: Some(number), ..Wanted::default() };
    let (mut settled, mut after) = (0, 0);
    loop {
        let page = facts::waiting(&desk.store.pool, after, wanted, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for fact in &page {
            match settle(&desk.store, desk.roles, fact.id, How::Dismiss, note, Utc::now()).await? {
                Answer::Done => settled += 1,
                // Someone else decided about it meanwhile.
                Answer::Settled(_) | Answer::Missing | Answer::Conflict => {}
                answer => return tell(desk, fact.id, "dismissed", answer),
            }
        }
    }
    if settled == 0 {
        return Err(CliError::Missing(format!("no fact of import {number} is in quarantine")));
    }
    say(desk, "done", None, Some(settled), format!("{settled} facts of import {number} are dismissed"))?;
    Ok(End::Done)
}

fn say(
    desk: &mut Desk<'_>,
    result: &'static str,
    why: Option<Why>,
    settled: Option<u64>,
    message: String,
) -> Result<(), CliError> {
    if desk.json {
        let why = why.map(Why::name);
        return desk.line(&ResultLine { result, why, settled, message });
    }
    Ok(writeln!(desk.out, "{message}")?)
}

fn tell(desk: &mut Desk<'_>, id: i64, done: &str, answer: Answer) -> Result<End, CliError> {
    let (result, message, end) = match answer {
        Answer::Done => ("done", format!("fact {id} is {done}"), End::Done),
        Answer::Refused(refusal) => return refused(desk, &refusal),
        Answer::Missing => return Err(CliError::Missing(format!("no fact {id} in quarantine"))),
        Answer::Settled(state) => ("conflict", format!("fact {id} is already {state}"), End::Conflict),
        Answer::Conflict => {
            ("conflict", "someone else was first: check the fact and try again".to_owned(), End::Conflict)
        }
        Answer::Future(at) => {
            let until = at.format("%Y-%m-%d %H:%M UTC");
            say(desk, "refused", Some(Why::Time), None, format!("fact {id} is from the future: wait until {until}"))?;
            return Ok(End::Refused);
        }
        Answer::NotPermitted(refused) => {
            say(desk, "refused", Some(Why::NotYours), None, refused.to_string())?;
            return Ok(End::Refused);
        }
        Answer::NoNote => return Err(CliError::Usage("add --note: how you know, or why".to_owned())),
        Answer::NoReading(0) => return Err(CliError::Usage(format!("fact {id} has no reading to apply: dismiss it"))),
        Answer::NoReading(count) => return Err(CliError::Usage(format!("fact {id} has readings 1 to {count}"))),
    };
    say(desk, result, None, None, message)?;
    Ok(end)
}

/// The key of an order that is known, or that only facts in quarantine name.
async fn named(desk: &Desk<'_>, name: &str) -> Result<String, CliError> {
    let missing = match desk.find(name).await {
        Ok(key) => return Ok(key.to_string()),
        Err(CliError::Missing(words)) => CliError::Missing(words),
        Err(error) => return Err(error),
    };
    let plain = Provider::all().iter().filter_map(|&provider| OrderKey::new(provider, name));
    for key in OrderKey::parse(name).into_iter().chain(plain).map(|key| key.to_string()) {
        if !facts::waiting(&desk.store.pool, 0, Wanted { order: Some(&key), ..Wanted::default() }, 1).await?.is_empty()
        {
            return Ok(key);
        }
    }
    Err(missing)
}

#[derive(Serialize)]
struct KindLine {
    kind: String,
    detail: String,
    facts: i64,
    merchants: Vec<String>,
    oldest: String,
}

/// Prints how many facts are in quarantine of each kind, the most first.
async fn kinds(desk: &mut Desk<'_>) -> Result<End, CliError> {
    let mut table = Table::new(&["kind", "detail", "facts", "merchants", "oldest"], &[2]);
    for kind in facts::kinds(&desk.store.pool).await? {
        let (oldest, merchants) = (time(kind.oldest), kind.merchants);
        if desk.json {
            desk.line(&KindLine { kind: kind.kind, detail: kind.detail, facts: kind.facts, merchants, oldest })?;
        } else {
            table.row([kind.kind, kind.detail, kind.facts.to_string(), text::cut(&merchants.join(", "), 60), oldest]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

async fn list(desk: &mut Desk<'_>, ask: &Quarantine) -> Result<End, CliError> {
    let order = match ask.order.as_deref() {
        Some(name) => Some(named(desk, name).await?),
        None => None,
    };
    let mut after = 0;
    let wanted = Wanted {
        order: order.as_deref(),
        kind: ask.kind.as_deref(),
        detail: ask.detail.as_deref(),
        merchant: ask.merchant.as_deref(),
        import: ask.import,
    };
    let mut table = Table::new(&["id", "import", "order", "why", "readings", "message"], &[0, 1]);
    loop {
        let page = facts::waiting(&desk.store.pool, after, wanted, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for fact in &page {
            if desk.json {
                desk.line(&line(fact))?;
                continue;
            }
            let ways = quarantine::readings(fact);
            let ways = ways.iter().enumerate().map(|(at, way)| format!("{} {}", at + 1, way.words()));
            let message = text::cut(&fact.message, 300);
            let name = fact.order_id.clone().unwrap_or_else(|| "-".to_owned());
            let import = fact.import.map_or_else(String::new, |number| number.to_string());
            table.row([
                fact.id.to_string(),
                import,
                name,
                fact.why.clone(),
                ways.collect::<Vec<_>>().join(" · "),
                message,
            ]);
        }
    }
    if !desk.json {
        table.write(desk.out)?;
    }
    Ok(End::Done)
}

fn line(fact: &Quarantined) -> QuarantineLine {
    let ways = quarantine::readings(fact);
    let readings = ways.iter().enumerate().map(|(at, way)| ReadingLine {
        reading: at + 1,
        action: way.action.name(),
        actor: way.actor.name(),
        amount: way.amount.map(Money::digits),
    });
    let is_cut = fact.size as usize > fact.raw.len();
    // A letter may be cut in two.
    let is_text = std::str::from_utf8(&fact.raw).map_or_else(|error| is_cut && error.error_len().is_none(), |_| true);
    let hex = || fact.raw.iter().map(|byte| format!("{byte:02x}")).collect();
    QuarantineLine {
        id: fact.id,
        order: fact.order_id.as_ref().map(|key| key.split_once(':').map_or(key.clone(), |(_, id)| id.to_owned())),
        provider: fact.provider.clone(),
        at: fact.happened_at.map(time),
        received_at: time(fact.received_at),
        why: fact.why.clone(),
        message: fact.message.clone(),
        detail: fact.detail.clone(),
        merchant: fact.merchant.clone(),
        import: fact.import,
        early: fact.early,
        readings: readings.collect(),
        raw: String::from_utf8_lossy(&fact.raw).into_owned(),
        raw_bytes: is_cut.then_some(fact.size),
        raw_hex: (!is_text).then(hex),
    }
}
