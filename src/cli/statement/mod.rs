//! `recourse statement`: keeps settlement statements of Tamara, and lists what of them does not agree with the book.

mod keep;
mod sheet;
mod shown;

pub use shown::record;

use super::{Desk, not_permitted, refused, table::Table};
use crate::domain::Task;
use crate::exit::{CliError, End};
use crate::settings::ask::provider::Statement as Ask;
use crate::store::statements::{self, COUNTED, Kept, Statement, Which};
use crate::store::{StoreError, constraints};
use crate::text;

/// The most statements that are listed.
const MOST: i64 = 1_000;

/// Keeps a statement and lists what does not agree with the book, or lists those that are kept: 0 if everything agrees, 1 if not.
///
/// # Errors
///
/// [`CliError::Missing`] if the file cannot be opened, or no such statement is kept; [`CliError::Usage`] if it is no statement, or the
/// store is read-only; [`CliError::Store`] if the database fails; [`CliError::Io`] if the output cannot be written.
pub async fn statement(desk: &mut Desk<'_>, ask: &Ask) -> Result<End, CliError> {
    let Some(file) = &ask.file else { return kept(desk, ask).await };
    desk.writes()?;
    if let Err(why) = desk.roles.may(Task::Statement) {
        return not_permitted(desk, why);
    }
    // A large file takes longer than any answer of the database.
    desk.elsewhere.set(true);
    let (number, when) = match keep::keep(desk, file.clone(), ask.replace).await {
        Ok(Kept::Now(number)) => (number, "now"),
        Ok(Kept::Before(number)) => (number, "before"),
        Ok(Kept::Other(other)) => {
            let name = text::clean(other.name.as_deref().unwrap_or_default());
            let words = format!(
                "statement {name} is kept already, with {} other rows: --replace keeps this one in its place",
                other.rows
            );
            return refused(desk, "statement_name_once".to_owned(), words);
        }
        Err(CliError::Store(StoreError::Refused { constraint, message })) => {
            let words = constraints::explain(&constraint, &message);
            return refused(desk, constraint, words);
        }
        Err(error) => return Err(error),
    };
    let kept = statements::all(&desk.store.pool, Which::Number(number), 1).await?.pop();
    let kept = kept.ok_or_else(|| CliError::Missing(format!("statement {number} is not kept")))?;
    one(desk, ask, &kept, Some(when)).await
}

/// Lists the statements that are kept, or what does not agree of one of them.
async fn kept(desk: &mut Desk<'_>, ask: &Ask) -> Result<End, CliError> {
    if let Some(name) = &ask.id {
        let named = statements::all(&desk.store.pool, Which::Named(name), MOST).await?;
        let number = name.parse().ok().filter(|_| named.is_empty());
        let found = match number {
            Some(number) => statements::all(&desk.store.pool, Which::Number(number), MOST).await?,
            None => named,
        };
        // The one that counts, not one that was replaced.
        let it = found.iter().find(|it| !it.replaced).or(found.first()).cloned();
        let it = it.ok_or_else(|| CliError::Missing(format!("no statement {} is kept", text::clean(name))))?;
        return one(desk, ask, &it, None).await;
    }
    let all = statements::all(&desk.store.pool, Which::All, MOST).await?;
    if desk.json {
        all.iter().try_for_each(|it| desk.line(&shown::Head::of(it, None)))?;
        return Ok(End::Done);
    }
    if all.is_empty() {
        writeln!(desk.out, "no statement is kept: recourse statement FILE.xlsx keeps one")?;
        return Ok(End::Done);
    }
    let mut table = Table::new(&["no", "statement", "merchant", "from", "to", "rows", "do not agree", ""], &[0, 5, 6]);
    for it in &all {
        let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        table.row([
            it.number.to_string(),
            it.name.clone().unwrap_or_default(),
            it.merchant.clone().unwrap_or_default(),
            day(it.first_day),
            day(it.last_day),
            it.rows.to_string(),
            counted(it.wrong),
            if it.replaced { "replaced".to_owned() } else { String::new() },
        ]);
    }
    table.write(desk.out)?;
    Ok(End::Done)
}

/// A count that may be cut off.
fn counted(count: i64) -> String {
    if count >= COUNTED { format!("{COUNTED} or more") } else { count.to_string() }
}

/// Prints what of a statement does not agree: all of it, page by page.
async fn one(desk: &mut Desk<'_>, ask: &Ask, it: &Statement, when: Option<&'static str>) -> Result<End, CliError> {
    let mut out = shown::Out::begin(desk, ask.csv, it, when)?;
    let (mut after, mut wrong) = (0, 0_usize);
    loop {
        let page = statements::differences(&desk.store.pool, it.number, after, MOST).await?;
        page.iter().try_for_each(|row| out.difference(desk, row))?;
        wrong += page.len();
        match page.last() {
            Some(last) if page.len() as i64 == MOST => after = last.place,
            _ => break,
        }
    }
    let sums = statements::sums(&desk.store.pool, it.number).await?;
    out.end(desk, &sums)?;
    if !desk.json && !ask.csv {
        writeln!(desk.out, "{}", summary(it, wrong, when))?;
    }
    Ok(if wrong == 0 { End::Done } else { End::Failed })
}

fn summary(it: &Statement, wrong: usize, when: Option<&str>) -> String {
    let name = it.name.as_deref().map(|name| format!(" {}", text::clean(name))).unwrap_or_default();
    let of = it.merchant.as_deref().map(|name| format!(" of merchant {}", text::clean(name))).unwrap_or_default();
    let kept = match (when, it.replaced) {
        (_, true) => ", kept before, and replaced by another one",
        (Some("before"), false) => ", kept before",
        (Some(_) | None, false) => "",
    };
    format!("statement{name}{of}{kept}: {} rows, {wrong} differences", it.rows)
}
