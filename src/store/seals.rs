//! Checks the seals: everything that is no transition, as it was written, with every change of it.
//!
//! The expected digests are computed by the statement itself from the rows, not by functions that the database keeps.

use chrono::{DateTime, Utc};
use sqlx::{AssertSqlSafe, PgConnection};

use super::StoreError;

/// A row that does not fit its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The order, plan or subject that it belongs to.
    pub chain: String,
    /// What is wrong, for people.
    pub what: String,
}

/// What people call the rows of a table.
const NAMES: [(&str, &str); 22] = [
    ("case_clock", "a clock of the case"),
    ("case_event", "an event of the case"),
    ("case_file", "an attached file"),
    ("case_message", "a message"),
    ("case_note", "a note"),
    ("case_proposal", "a proposal"),
    ("confirmation", "a confirmation by the provider"),
    ("decision", "the decision"),
    ("desk_policy", "a policy of the desk"),
    ("dispute_case", "the case"),
    ("erasure", "an erasure"),
    ("evidence", "what the provider answered"),
    ("payout", "a payout"),
    ("payout_event", "an event of a payout"),
    ("person_change", "a change of roles"),
    ("plan", "the plan"),
    ("plan_event", "an event of the plan"),
    ("plan_result", "a result of the plan"),
    ("plan_row", "a row of the plan"),
    ("quarantine", "a fact in quarantine"),
    ("statement", "a settlement statement"),
    ("view_change", "a saved view"),
];

/// Everything that does not fit its seal; with `since`, in the chains that grew since then.
///
/// # Errors
///
/// [`StoreError`] if the database cannot be reached or does not answer.
pub async fn unfit(connection: &mut PgConnection, since: Option<DateTime<Utc>>) -> Result<Vec<Unfit>, StoreError> {
    // The same row gives the same text in every session.
    sqlx::raw_sql("set local timezone = 'UTC'; set local bytea_output = 'hex'").execute(&mut *connection).await?;
    let sealed: Vec<(String, String)> = sqlx::query_as(sql!("sealed_tables")).fetch_all(&mut *connection).await?;
    let rows: Vec<String> = sealed.iter().map(|(table, how)| rows(table, how)).collect();
    let none = "select null::text as chain, null::text as source, null::text as place, null::bytea as own, null::text as texts where false";
    let rows = if rows.is_empty() { none.to_owned() } else { rows.join(" union all ") };
    let statement = sql!("verify_seals").replace("{rows}", &rows);
    let found: Vec<(String, String, String, String)> =
        sqlx::query_as(AssertSqlSafe(statement)).bind(since).fetch_all(&mut *connection).await?;
    Ok(found
        .into_iter()
        .map(|(chain, source, place, what)| Unfit { what: words(&source, &place, &what), chain })
        .collect())
}

/// The statement that gives the rows of one table with their digests. The names come from the schema's own triggers.
fn rows(table: &str, how: &str) -> String {
    let mut parts = how.split('\n');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    let (chain, place, personal, silent) = (next(), next(), next(), next());
    let list = |names: &str| {
        let names: Vec<String> = names.split_whitespace().map(quoted).collect();
        format!("array[{}]::text[]", names.join(", "))
    };
    let place: Vec<String> = place.split_whitespace().map(|name| format!("w.j->>{}", quoted(name))).collect();
    let chain = match chain.as_str() {
        "" => quoted(table),
        "order_id" => format!("coalesce(w.j->>'order_id', 'import ' || (w.j->>'import'), {})", quoted(table)),
        column => format!("'plan ' || (w.j->>{})", quoted(column)),
    };
    format!(
        "select {chain} as chain, {source} as source, concat_ws(' ', {place}) as place, \
         sha256(convert_to((w.j - {personal} - {silent})::text, 'UTF8')) as own, \
         (select jsonb_object_agg(name, w.j->name) from unnest({personal}) name where w.j->>name is not null)::text as texts \
         from (select to_jsonb(r) as j from {name} r) w",
        source = quoted(table),
        place = place.join(", "),
        personal = list(&personal),
        silent = list(&silent),
        name = identifier(table),
    )
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn words(source: &str, place: &str, what: &str) -> String {
    let name = NAMES.iter().find(|(table, _)| *table == source).map_or(source, |(_, name)| *name);
    match what {
        "put_in" => format!("{name} ({place}) was put in past its log"),
        "removed" => format!("{name} ({place}) was removed"),
        "changed" => format!("{name} ({place}) was changed past its log"),
        "rewritten" => format!("{name} ({place}) was changed, and only an erasure may do that"),
        "alone" => format!("{name} ({place}) was changed, and nothing happened to it then"),
        "resealed" => format!("the seals are broken at {name} ({place})"),
        "counted" => format!("facts were removed, put in or changed (transaction {place})"),
        _ => "the last seals were cut off or changed".to_owned(),
    }
}
