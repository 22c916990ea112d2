//! Arguments of the commands that tell others: letters, reports and exports.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args as ClapArgs, ValueEnum};

use crate::domain::Provider;
use crate::query::Sort;
use crate::records::report::Common;
use crate::records::{Party, Zone};
use crate::settings::ask::orders::Orders;

/// The letter of a case to a party.
#[derive(Debug, Clone, ClapArgs)]
pub struct LetterAsk {
    /// The order: its id, or provider:id.
    pub order: String,
    /// The recipient.
    #[arg(long = "for", value_enum)]
    pub party: Party,
    /// Write a PDF to this file, or - for standard output.
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
}

/// The report of a period.
#[derive(Debug, Clone, ClapArgs)]
pub struct ReportAsk {
    /// Start at this day or time (default: 30 days before --to).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub from: Option<When>,
    /// End before this day or time (default: now).
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub to: Option<When>,
    /// Print CSV with the columns table, of, figure, value.
    #[arg(long)]
    pub csv: bool,
    /// List the cases behind a line instead: agent=LOGIN, merchant=NAME, reason=CODE, or week=DAY (its Monday).
    #[arg(long, value_name = "KIND=VALUE", value_parser = common, conflicts_with = "csv")]
    pub cases: Option<(Common, String)>,
}

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Comma-separated values, with headings.
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// A spreadsheet: ids stay text, amounts are numbers.
    Xlsx,
}

/// What to export.
#[derive(Debug, Clone, ClapArgs)]
pub struct Export {
    /// The format: csv, jsonl or xlsx.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    pub format: Form,
    /// Only orders of this provider.
    #[arg(long, value_name = "PROVIDER", value_parser = crate::settings::values::provider)]
    pub provider: Option<Provider>,
    /// Only orders in these statuses, by their wire words, separated by commas.
    #[arg(long, value_name = "STATUS", value_delimiter = ',')]
    pub status: Vec<String>,
    /// Only orders in this view: yours, or a shared one.
    #[arg(long, value_name = "NAME", conflicts_with = "query")]
    pub view: Option<String>,
    /// Only orders that match this query; recourse orders --help explains the syntax.
    #[arg(long = "where", value_name = "QUERY", allow_hyphen_values = true)]
    pub query: Option<String>,
    /// Write to this file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Include declined and expired orders.
    #[arg(long)]
    pub all: bool,
    /// Export at most this many (default: all).
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

impl Export {
    /// The same selection as the arguments of `recourse orders`.
    pub fn orders(&self) -> Orders {
        Orders {
            found_by: Vec::new(),
            provider: self.provider,
            status: self.status.clone(),
            view: self.view.clone(),
            query: self.query.clone(),
            sort: Sort::Age,
            all: self.all,
            limit: u64::MAX,
            after: None,
        }
    }
}

/// A time, the start of a day in a zone, or a length of time from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So long after now.
    In(TimeDelta),
    /// A time.
    Moment(DateTime<Utc>),
    /// A day.
    Day(NaiveDate),
}

impl When {
    /// The time it means in this zone.
    pub fn at(self, zone: Zone, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::In(length) => now + length,
            Self::Moment(at) => at,
            Self::Day(day) => zone.start_of(day).unwrap_or_default(),
        }
    }
}

fn moment(text: &str) -> Result<When, String> {
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(When::Day);
    let when = text.parse().ok().map(When::Moment).or_else(day);
    let ours = |when: &When| (0..253_000_000_000).contains(&when.at(Zone::Utc, DateTime::UNIX_EPOCH).timestamp());
    when.filter(ours).ok_or_else(|| "use a day like 2026-11-20, or a time like 2026-11-20T08:00:00Z".to_owned())
}

/// Reads a time that is to come: also as a length of time from now.
///
/// # Errors
///
/// What to use instead.
pub fn later(text: &str) -> Result<When, String> {
    let ahead = crate::query::length_of(text).ok().filter(|length| *length <= TimeDelta::days(3_660)).map(When::In);
    ahead.map_or_else(
        || moment(text).map_err(|words| format!("use a length of time like 4h or 2d, or {}", &words["use ".len()..])),
        Ok,
    )
}

fn common(text: &str) -> Result<(Common, String), String> {
    let parts = text.split_once('=').and_then(|(kind, value)| Some((kind.parse().ok()?, value.to_owned())));
    let is_day = |it: &(Common, String)| it.0 != Common::Week || it.1.parse::<NaiveDate>().is_ok();
    parts.filter(is_day).ok_or_else(|| "use agent=LOGIN, merchant=NAME, reason=CODE, or week=2026-11-02".to_owned())
}
