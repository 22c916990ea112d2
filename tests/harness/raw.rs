//! Transitions as SQL, written past the program.

use std::collections::BTreeMap;

/// SQL that is run past every guard; what it writes is sealed, so that work on it can go on.
pub fn past_guards(sql: &str) -> String {
    let seals = |how: &str| {
        format!(
            "do $$ declare it record; begin
              for it in select tgname, tgrelid::regclass as of from pg_trigger where tgname like '%\\_sealed' and not tgisinternal loop
                execute format('alter table %s enable {how} trigger %I', it.of, it.tgname);
              end loop; end $$"
        )
    };
    format!(
        "set search_path = recourse; {}; set session_replication_role = replica; {sql}; reset session_replication_role; {}",
        seals("always"),
        seals("")
    )
}

/// The SQL for the next log row of an existing order, with these columns changed.
pub fn log(order: &str, columns: &[(&str, &str)]) -> String {
    let mut row: BTreeMap<&str, String> = [
        ("law", "1"),
        ("happened_at", "'2026-11-20T08:00:00Z'"),
        ("source", "'import'"),
        ("recorder", "'recourse'"),
        ("hash", "''"),
        ("epoch", "1"),
        ("xid", "'1'"),
        ("recorded_at", "now()"),
        ("login", "''"),
        ("state", "''"),
        ("before", "''"),
        ("needs_confirmation", "false"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into();
    let kept =
        ["provider", "authorised", "canceled", "captured", "refunded", "attempt", "outcome", "to_seller", "to_buyer"];
    row.extend(kept.map(|name| (name, format!("o.{name}"))));
    row.insert("order_id", "o.id".to_owned());
    row.insert("seq", "o.version + 1".to_owned());
    row.insert("from_status", "o.status".to_owned());
    row.insert("total", "o.amount".to_owned());
    row.insert("rejection_pending", "false".to_owned());
    row.extend(columns.iter().map(|(name, value)| (*name, (*value).to_owned())));
    // What a person does happens now.
    if row.get("source").is_some_and(|source| source == "'console'")
        && !columns.iter().any(|(name, _)| *name == "happened_at")
    {
        row.insert("happened_at", "now()".to_owned());
    }
    let names: Vec<&str> = row.keys().copied().collect();
    let values: Vec<&str> = row.values().map(String::as_str).collect();
    format!(
        "insert into transition ({}) select {} from orders o where o.id = '{order}'",
        names.join(", "),
        values.join(", ")
    )
}

/// The SQL for a transition with this action, actor and status, with these columns changed.
pub fn moved(order: &str, action: &str, actor: &str, to: &str, columns: &[(&str, &str)]) -> String {
    let quoted =
        [("action", action), ("actor", actor), ("to_status", to)].map(|(name, word)| (name, format!("'{word}'")));
    let mut all: Vec<(&str, &str)> = quoted.iter().map(|(name, word)| (*name, word.as_str())).collect();
    all.extend(columns);
    log(order, &all)
}
