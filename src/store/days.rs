//! The digest of each day that is over: kept elsewhere, it shows later that nothing of that day was changed, even by someone who
//! recomputed whole chains.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::verify::Fault;
use super::{Store, StoreError, facts};

/// What was recorded on a day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow, Serialize, Deserialize)]
pub struct Day {
    /// The day, in UTC.
    pub day: String,
    /// How many transitions it has.
    pub transitions: i64,
    /// The digest of their hashes.
    pub log: String,
    /// How many seals and facts it has.
    pub seals: i64,
    /// The digest of both.
    pub sealed: String,
}

/// A transaction that began on a day ends at the latest so long after it.
const SETTLED: TimeDelta = TimeDelta::minutes(10);

impl Day {
    fn idle(day: NaiveDate) -> Self {
        Self { day: day.to_string(), transitions: 0, log: String::new(), seals: 0, sealed: String::new() }
    }

    /// The day; the first of all if it is none.
    pub fn date(&self) -> NaiveDate {
        self.day.parse().unwrap_or_default()
    }
}

/// Each day that is over, from this one on, or from the first on which something was recorded: also those on which nothing was.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn over(store: &Store, from: Option<NaiveDate>) -> Result<Vec<Day>, StoreError> {
    let mut connection = store.pool.acquire().await?;
    let now = facts::clock(&mut connection).await?;
    let start = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let from: DateTime<Utc> = from.map_or(DateTime::UNIX_EPOCH, start);
    let until = start((now - SETTLED).date_naive());
    let mut tx = sqlx::Connection::begin(&mut *connection).await?;
    sqlx::raw_sql("set local statement_timeout = 0").execute(&mut *tx).await?;
    let busy: Vec<Day> = sqlx::query_as(sql!("log_days")).bind(from).bind(until).fetch_all(&mut *tx).await?;
    let Some(first) = busy.first().map(Day::date) else { return Ok(Vec::new()) };
    let mut busy = busy.into_iter().peekable();
    let days = first.iter_days().take_while(|day| *day < until.date_naive());
    Ok(days.map(|day| busy.next_if(|found| found.date() == day).unwrap_or_else(|| Day::idle(day))).collect())
}

/// The days of an anchor that are not in the database as they were kept, and those before its last that it does not have although
/// something was recorded on them.
pub fn differing(anchored: &[Day], found: &[Day]) -> Vec<Fault> {
    let idle = |kept: &Day| *kept == Day::idle(kept.date());
    let unknown = |kept: &Day| found.iter().all(|day| day.day != kept.day);
    let wrong = |kept: &&Day| !(found.contains(kept) || (idle(kept) && unknown(kept)));
    let fault = |kept: &Day| {
        let now = found.iter().find(|day| day.day == kept.day);
        let counts = |day: Option<&Day>| day.map_or((0, 0), |day| (day.transitions, day.seals));
        let what = match (counts(Some(kept)), counts(now)) {
            (before, after) if before == after => {
                "what was recorded on this day was changed since it was anchored".to_owned()
            }
            ((log, seals), (now, then)) => {
                format!(
                    "this day had {log} transitions and {seals} seals and facts when it was anchored, and has {now} and {then}"
                )
            }
        };
        Fault { place: kept.day.clone(), seq: None, what }
    };
    let last = anchored.iter().map(Day::date).max();
    let kept: BTreeSet<&str> = anchored.iter().map(|day| day.day.as_str()).collect();
    let missing =
        |day: &&Day| !idle(day) && last.is_some_and(|last| day.date() < last) && !kept.contains(day.day.as_str());
    let added = |day: &Day| {
        let what = "something was recorded on this day, and it was not kept when later days were: it was added since";
        Fault { place: day.day.clone(), seq: None, what: what.to_owned() }
    };
    anchored.iter().filter(wrong).map(fault).chain(found.iter().filter(missing).map(added)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_differs_is_named() {
        let day = |day: &str, transitions, log: &str| Day {
            day: day.to_owned(),
            transitions,
            log: log.to_owned(),
            seals: 1,
            sealed: "s".to_owned(),
        };
        let kept = [day("2026-11-01", 2, "a"), day("2026-11-02", 3, "b"), day("2026-11-03", 1, "c")];
        let check = |found: &[Day], expect: &[&str]| {
            let told: Vec<String> =
                differing(&kept, found).into_iter().map(|it| format!("{}: {}", it.place, it.what)).collect();
            assert_eq!(told.len(), expect.len(), "{told:?}");
            assert!(told.iter().zip(expect).all(|(told, expect)| told.contains(expect)), "{told:?}");
        };
        check(&kept, &[]);
        check(&[kept.as_slice(), &[day("2026-11-04", 1, "d")]].concat(), &[]);
        check(
            &[&[day("2026-10-31", 1, "z")], kept.as_slice()].concat(),
            &["2026-10-31: something was recorded on this day, and it was not kept"],
        );
        check(
            &[day("2026-11-01", 2, "x"), kept[1].clone(), kept[2].clone()],
            &["2026-11-01: what was recorded on this day was changed"],
        );
        check(
            &[kept[0].clone(), day("2026-11-02", 2, "y")],
            &[
                "2026-11-02: this day had 3 transitions",
                "2026-11-03: this day had 1 transitions and 1 seals and facts when it was anchored, and has 0 and 0",
            ],
        );
    }
}
