//! Every constraint refuses a bad write by name, and is needed: without it, the write succeeds.

use recourse::domain::*;
use recourse::store::constraints;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use strum::VariantArray;

use super::constraints_of_cases::of_cases;
use super::constraints_of_law::{of_the_law, of_what_is_emptied};
use super::constraints_of_requests::{of_requests, of_servers};
use super::constraints_of_statements::{of_findings, of_statements};
use super::constraints_of_work::{of_plans, of_the_watch};
use super::harness::raw::{log, moved};
use super::harness::{Book, at, book, put, way_to};

/// A bad write: the constraint that refuses it, its SQL, and the other guards to drop with the constraint.
pub struct Bad {
    pub constraint: &'static str,
    pub sql: String,
    /// SQL that drops the constraint.
    pub drop: String,
    /// SQL that drops other guards of the same rule.
    pub and_drop: &'static str,
}

/// Constraints that are only targets of foreign keys, and those whose function names the rule that is broken.
const STRUCTURE: [&str; 7] = [
    "transition_state_unique",
    "rule_unique",
    "plan_row_order_of_place",
    "case_event_kind_unique",
    "transition_whole",
    "transition_tamara_fits",
    "transition_atarapay_fits",
];

const PROJECT: &str = "alter table transition disable trigger transition_project";
/// Drops every truncate trigger: tables that are emptied together are guarded together.
pub const EMPTIED: &str = "do $$ declare it record; begin
  for it in select tgname, tgrelid::regclass as of from pg_trigger where not tgisinternal and tgtype & 32 > 0 loop
    execute format('drop trigger %I on %s', it.tgname, it.of);
  end loop; end $$";
const CONTINUES: &str = "alter table transition drop constraint transition_continues_previous";

fn open(id: &str, provider: &str, currency: &str, columns: &str, values: &str) -> String {
    format!(
        "insert into orders (id, provider, currency, amount, opened_at{columns}) values ('{id}', '{provider}', '{currency}', 30000, '2026-11-20T08:00:00Z'{values})"
    )
}

/// A bad write that a check, key or unique constraint refuses.
pub fn bad(table: &str, constraint: &'static str, sql: String) -> Bad {
    Bad { constraint, sql, drop: format!("alter table {table} drop constraint {constraint} cascade"), and_drop: "" }
}

/// A bad write that a rule in the function of a CHECK refuses. Without it, the function only looks on.
fn fits(function: &str, constraint: &'static str, sql: String) -> Bad {
    let drop = format!(
        "do $f$ begin execute replace(pg_get_functiondef('recourse.{function}'::regproc),
           'perform refuse(''{constraint}''', 'perform concat(''{constraint}'''); end $f$"
    );
    Bad { constraint, sql, drop, and_drop: "" }
}

pub fn with(bad: Bad, and_drop: &'static str) -> Bad {
    Bad { and_drop, ..bad }
}

/// A bad write that a trigger refuses. The constraint it reports can differ from the trigger's name.
pub fn guarded(table: &str, trigger: &str, constraint: &'static str, sql: &str) -> Bad {
    Bad { constraint, sql: sql.to_owned(), drop: format!("drop trigger {trigger} on {table}"), and_drop: "" }
}

/// A bad write that the rule of its transition refuses; with this change of the rules it succeeds.
fn judged(constraint: &'static str, change: &str, sql: String) -> Bad {
    let drop = format!("alter table rule disable trigger rule_append_only; update rule set {change}");
    Bad { constraint, sql, drop, and_drop: "" }
}

/// A bad write to rows that never change, or are never deleted.
pub fn append_only(table: &str, sql: &str) -> Bad {
    guarded(table, &format!("{table}_append_only"), "append_only", sql)
}

/// Emptying a table that is never emptied.
pub fn not_emptied(table: &str, sql: &str) -> Bad {
    guarded(table, &format!("{table}_not_emptied"), "append_only", sql)
}

#[rustfmt::skip]
fn of_orders() -> Vec<Bad> {
    let t = "orders";
    vec![
        with(bad(t, "orders_id_unique", open("tamara:new", "tamara", "SAR", "", "")), "drop trigger order_words on orders"),
        bad(t, "orders_amount_positive", open("tamara:X", "tamara", "SAR", "", "").replace("30000", "0")),
        bad(t, "orders_cancellation_fee_not_negative", open("tamara:X", "tamara", "SAR", ", cancellation_fee", ", -1")),
        bad(t, "orders_id_starts_with_provider", open("X", "tamara", "SAR", "", "")),
        bad(t, "orders_id_short_and_printable", open("tamara:X", "tamara", "SAR", "", "").replace("'tamara:X'", "E'tamara:X\\x07'")),
        bad(t, "orders_currency_of_provider", open("tamara:X", "tamara", "NGN", "", "")),
        bad(t, "orders_unconfirmed_since_first", open("tamara:X", "tamara", "SAR", ", unconfirmed_since", ", now()")),
        bad(t, "orders_match_last_transition",
            open("tamara:X", "tamara", "SAR", "", "") + "; set constraints all immediate"),
        with(append_only(t, &(open("tamara:X", "tamara", "SAR", "", "") + "; delete from orders where id = 'tamara:X'")), "drop trigger order_words on orders"),
        with(not_emptied(t, "truncate orders cascade"),
            EMPTIED),
        guarded(t, "orders_changed_by_transitions_only", "orders_changed_by_transitions_only",
            "update orders set status = 'approved' where id = 'tamara:new'"),
    ]
}

#[rustfmt::skip]
fn of_amounts() -> Vec<Bad> {
    let due = ("due_at", "'2027-02-18T08:00:00Z'");
    vec![
        fits("transition_fits", "transition_opening_is_empty", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "new",
            &[("amount", "30000"), ("authorised", "30000"), ("due_at", "'2026-11-20T08:30:00Z'"), ("from_status", "''")])),
        judged("transition_amount_where_needed", "has_amount = true where action = 'decline'", moved("tamara:new", "decline", "provider", "declined", &[("amount", "5")])),
        fits("transition_fits", "transition_amount_positive", moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("amount", "0")])),
        fits("tamara_fits", "transition_authorised_in_full", moved("tamara:approved", "authorise", "merchant", "authorised",
            &[("authorised", "100"), due])),
        fits("tamara_fits", "transition_captured_within_authorised", moved("tamara:authorised", "capture", "merchant", "partially_captured",
            &[("amount", "40000"), ("captured", "40000")])),
        fits("tamara_fits", "transition_refunded_within_captured", moved("tamara:partially_captured", "refund", "merchant", "partially_refunded",
            &[("amount", "15000"), ("refunded", "15000")])),
        fits("tamara_fits", "transition_updated_keeps_some", moved("tamara:authorised", "cancel", "merchant", "updated",
            &[("amount", "30000"), ("canceled", "30000"), ("due_at", "o.due_at")])),
        fits("tamara_fits", "transition_canceled_in_full", moved("tamara:authorised", "cancel", "merchant", "canceled",
            &[("amount", "10000"), ("canceled", "10000")])),
        fits("tamara_fits", "transition_partially_captured_has_rest", moved("tamara:authorised", "capture", "merchant", "partially_captured",
            &[("amount", "30000"), ("captured", "30000")])),
        fits("tamara_fits", "transition_fully_captured_has_no_rest", moved("tamara:authorised", "capture", "merchant", "fully_captured",
            &[("amount", "10000"), ("captured", "10000")])),
        fits("tamara_fits", "transition_partially_refunded_has_rest", moved("tamara:fully_captured", "refund", "merchant", "partially_refunded",
            &[("amount", "30000"), ("refunded", "30000")])),
        fits("tamara_fits", "transition_fully_refunded_has_no_rest", moved("tamara:partially_refunded", "refund", "merchant", "fully_refunded",
            &[("amount", "1"), ("refunded", "o.refunded + 1")])),
        with(fits("atarapay_fits", "transition_parts_both_or_none", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("to_seller", "30000")])), CONTINUES),
        fits("atarapay_fits", "transition_decision_has_parts", moved("atarapay:awaiting_buyer_response", "accept", "buyer", "accepted", &[])),
        with(fits("atarapay_fits", "transition_parts_sum_to_held", moved("atarapay:disputed", "settle", "dispute_manager", "dispute_resolved",
            &[("to_seller", "1"), ("to_buyer", "1"), ("outcome", "'split'")])), "alter table transition disable trigger transition_then_case"),
        fits("atarapay_fits", "transition_accept_pays_seller", moved("atarapay:awaiting_buyer_response", "accept", "buyer", "accepted",
            &[("to_seller", "29999"), ("to_buyer", "1")])),
        fits("atarapay_fits", "transition_return_refunds_buyer", moved("atarapay:pending", "cancel", "buyer", "cancelled",
            &[("to_seller", "1"), ("to_buyer", "29999")])),
        fits("atarapay_fits", "transition_withdrawal_pays_other_party", moved("atarapay:disputed", "withdraw", "buyer", "dispute_resolved",
            &[("to_seller", "0"), ("to_buyer", "30000"), ("outcome", "'refund_buyer'")])),
        fits("atarapay_fits", "transition_outcome_matches_parts", moved("atarapay:disputed", "settle", "dispute_manager", "dispute_resolved",
            &[("to_seller", "30000"), ("to_buyer", "0"), ("outcome", "'split'")])),
    ]
}

#[rustfmt::skip]
fn of_the_log() -> Vec<Bad> {
    let t = "transition";
    let approved = "'2026-11-23T08:00:00Z'";
    vec![
        with(bad(t, "transition_version_unique", moved("tamara:approved", "decline", "provider", "declined",
            &[("seq", "2"), ("from_status", "'new'")])), PROJECT),
        with(bad(t, "transition_order_exists", log("tamara:new", &[("order_id", "'tamara:nobody'"), ("seq", "1"), ("from_status", "''"),
            ("action", "'open'"), ("actor", "'buyer'"), ("to_status", "'new'"), ("amount", "30000"), ("due_at", "'2026-11-20T08:30:00Z'")])), PROJECT),
        bad(t, "transition_follows_rule", moved("tamara:new", "decline", "merchant", "declined", &[])),
        bad(t, "transition_continues_previous", moved("tamara:approved", "decline", "provider", "declined", &[("from_status", "'new'")])),
        fits("transition_fits", "transition_provider_of_order", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "pending",
            &[("provider", "'atarapay'"), ("from_status", "''"), ("amount", "30000")])),
        fits("transition_fits", "transition_only_first_opens", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "decline", "provider", "declined",
            &[("from_status", "'new'")])),
        with(fits("transition_fits", "transition_version_from_one", moved("tamara:new", "decline", "provider", "declined", &[("seq", "0")])),
            "alter table transition drop constraint transition_continues_previous; alter table transition disable trigger transition_project"),
        fits("atarapay_fits", "transition_rejection_pending_after_reject", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("rejection_pending", "true")])),
        with(fits("atarapay_fits", "transition_no_third_delivery", moved("atarapay:pending", "agree_second_delivery", "seller", "pending_ii",
            &[("from_status", "'awaiting_buyer_response'"), ("attempt", "2")])), CONTINUES),
        judged("transition_deadline_where_law_has_one", "deadline = 'none', minutes = null where action = 'approve'", moved("tamara:new", "approve", "provider", "approved", &[])),
        judged("transition_deadline_from_milestone", "minutes = 96 * 60 where action = 'approve'", moved("tamara:new", "approve", "provider", "approved", &[("due_at", "'2026-11-24T08:00:00Z'")])),
        with(guarded(t, "transition_seal", "transition_deadline_unchanged", &moved("tamara:authorised", "cancel", "merchant", "updated",
            &[("amount", "1"), ("canceled", "1"), ("due_at", "o.due_at + interval '1 day'")])), CONTINUES),
        guarded(t, "transition_seal", "transition_opening_time_of_order", &(open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "new",
            &[("amount", "30000"), ("happened_at", "'2026-11-20T09:00:00Z'"), ("due_at", "'2026-11-20T09:30:00Z'"), ("from_status", "''")]))),
        with(guarded(t, "transition_seal", "transition_texts_short", &moved("tamara:new", "decline", "provider", "declined",
            &[("note", "repeat('x', 20001)")])), CONTINUES),
        with(guarded(t, "transition_seal", "transition_time_by_database", &moved("tamara:new", "expire", "clock", "expired", &[("source", "'clock'"), ("happened_at", "now() + interval '1 hour'")])), CONTINUES),
        with(guarded(t, "transition_seal", "transition_proof_given", &moved("tamara:new", "expire", "clock", "expired", &[("source", "'console'"), ("happened_at", "now()")])), CONTINUES),
        with(guarded(t, "transition_seal", "transition_expiry_when_due", &moved("tamara:new", "expire", "clock", "expired", &[("source", "'clock'"), ("happened_at", "o.due_at - interval '1 minute'")])), CONTINUES),
        fits("transition_fits", "transition_time_plausible", moved("tamara:new", "decline", "provider", "declined", &[("happened_at", "'infinity'")])),
        guarded(t, "transition_implied_by_report", "transition_only_missed_steps_inferred",
            &(moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("inferred", "true")]) + "; set constraints all immediate")),
        judged("transition_only_missed_steps_inferred", "implied = true", moved("tamara:new", "decline", "provider", "declined", &[("inferred", "true")])),
        fits("transition_fits", "transition_request_has_digest", moved("tamara:new", "decline", "provider", "declined", &[("request_digest", "'d'")])),
        fits("transition_fits", "transition_source_known", moved("tamara:new", "decline", "provider", "declined", &[("source", "'rumour'")])),
        bad(t, "transition_feed", format!("create or replace function feed_number() returns bigint language sql return 1; {}; {}",
            moved("tamara:new", "decline", "provider", "declined", &[]),
            moved("tamara:approved", "authorise", "merchant", "authorised", &[("authorised", "30000"), ("due_at", "'2027-02-18T08:00:00Z'")]))),
        fits("transition_fits", "transition_reason_is_code", moved("tamara:new", "decline", "provider", "declined", &[("reason", "'they called'")])),
        fits("transition_fits", "transition_contradictory_was_told", moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'"), ("reference", "'TRX-9'"), ("contradictory", "true")])),
        fits("transition_fits", "transition_reference_printable", moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'"), ("reference", "E'TRX\\u20109'")])),
        fits("transition_fits", "transition_reference_printable", moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'"), ("reference", "E'TRX-9\\t'")])),
        with(guarded(t, "transition_seal", "transition_law_of_now", &("insert into law values (2, '');".to_owned()
            + &moved("tamara:new", "decline", "provider", "declined", &[("source", "'console'"), ("note", "'told'")]))), CONTINUES),
        fits("transition_fits", "transition_clock_moves_by_time", moved("tamara:approved", "authorise", "merchant", "authorised", &[("source", "'clock'"), ("authorised", "30000"), ("due_at", "'2027-02-18T08:00:00Z'")])),
        fits("transition_fits", "transition_note_for_parties_word", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("source", "'console'"), ("note", "null")])),
        fits("transition_fits", "transition_note_for_parties_word", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("source", "'console'"), ("note", "' '")])),
        guarded(t, "transition_pays_once", "transition_reference_once", &format!("{}; {}",
            moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'"), ("reference", "'TRF-1'")]),
            moved("atarapay:rejected", "complete", "provider", "completed", &[("source", "'console'"), ("reference", "' trf-1'")]))),
        guarded(t, "transition_reference_means_one", "transition_reference_means_one", &format!("{}; {}",
            moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("source", "'console'"), ("amount", "100"), ("captured", "100"), ("reference", "'C-1'")]),
            moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("source", "'console'"), ("amount", "100"), ("captured", "200"), ("reference", "' c-1'")]))),
        guarded(t, "transition_reference_means_one", "transition_reference_means_one", &format!("{}; {}",
            moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("source", "'console'"), ("amount", "100"), ("captured", "100"), ("reference", "'C-1'")]),
            moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("amount", "100"), ("captured", "200"), ("source", "'notification'"), ("reference", "' c-1'")]))),
        fits("transition_fits", "transition_reference_for_payout", moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'")])),
        Bad { drop: "drop index transition_request_unique".to_owned(), ..bad(t, "transition_request_unique",
            moved("tamara:new", "approve", "provider", "approved", &[("due_at", approved), ("request_digest", "'d'"), ("request_id", "'00000000-0000-0000-0000-000000000001'")]) + ";"
            + &moved("tamara:new", "authorise", "merchant", "authorised", &[("authorised", "30000"), ("due_at", "'2027-02-18T08:00:00Z'"),
                ("request_digest", "'d'"), ("request_id", "'00000000-0000-0000-0000-000000000001'")])) },
        append_only(t, "update transition set note = 'other' where order_id = 'tamara:new'"),
        append_only(t, "delete from transition where order_id = 'tamara:approved' and seq = 2"),
        with(not_emptied(t, "truncate transition cascade"),
            EMPTIED),
        with(guarded(t, "transition_seal", "login_acts_for_itself",
            &("grant insert on transition to plain_writer; set session authorization plain_writer; ".to_owned() + &moved("tamara:new", "decline", "provider", "declined", &[]))), CONTINUES),
    ]
}

#[rustfmt::skip]
fn of_the_rest() -> Vec<Bad> {
    let confirm = "insert into confirmation (order_id, seq, happened_at, recorder) values ('tamara:approved', 2, now(), 'recourse')";
    let held = "insert into fact (key, outcome) values ('k', 'quarantined'); insert into quarantine (key, raw, why, message) values ('k', 'x', '', '')";
    let settled = |how: &str| format!("{held}; update quarantine set {how} where key = 'k'");
    vec![
        bad("confirmation", "confirmation_unique", format!("{confirm}; {confirm}")),
        bad("confirmation", "confirmation_transition_exists", confirm.replace("2, now()", "9, now()")),
        bad("confirmation", "confirmation_not_of_opening", confirm.replace("2, now()", "1, now()")),
        bad("confirmation", "confirmation_time_plausible", confirm.replace("now()", "'infinity'")),
        bad("quarantine", "quarantine_time_plausible", held.replace("message) values ('k', 'x', '', '')", "message, happened_at) values ('k', '', '', '', 'infinity')")),
        guarded("confirmation", "confirmation_seal", "login_acts_for_itself", &format!("set session authorization plain_writer; {confirm}")),
        append_only("confirmation", &format!("{confirm}; delete from confirmation")),
        not_emptied("confirmation", "truncate confirmation"),
        bad("fact", "fact_key_unique", "insert into fact (key, outcome) values ('k', 'applied'), ('k', 'repeated')".to_owned()),
        bad("fact", "fact_outcome_known", "insert into fact (key, outcome) values ('k', 'lost')".to_owned()),
        append_only("fact", "insert into fact (key, outcome) values ('k', 'applied'); delete from fact"),
        with(not_emptied("fact", "truncate fact cascade"), EMPTIED),
        bad("quarantine", "quarantine_fact_unique", format!("{held}; insert into quarantine (key, raw, why, message) values ('k', 'x', '', '')")),
        bad("quarantine", "quarantine_state_known", settled("state = 'lost', settled_by = 'recourse'")),
        bad("quarantine", "quarantine_note_short", settled("state = 'dismissed', note = repeat('n', 20001), settled_by = 'recourse'")),
        bad("quarantine", "quarantine_dismissal_has_note", settled("state = 'dismissed', note = ' ', settled_by = 'recourse'")),
        guarded("quarantine", "quarantine_begin", "quarantine_starts_waiting", &held.replace("message) values ('k', 'x', '', '')", "message, note, state) values ('k', '', '', '', 'n', 'dismissed')")),
        append_only("quarantine", &format!("{held}; delete from quarantine")),
        not_emptied("quarantine", "truncate quarantine"),
        guarded("quarantine", "quarantine_settle", "quarantine_settled_by_person", &settled("state = 'dismissed', note = 'n'")),
        guarded("quarantine", "quarantine_settle", "login_acts_for_itself",
            &format!("set session authorization plain_writer; {}", settled("state = 'dismissed', note = 'n', settled_by = 'recourse'").replace(" where key = 'k'", ""))),
        guarded("quarantine", "quarantine_settle", "quarantine_settled_once",
            &(settled("state = 'dismissed', note = 'n', settled_by = 'recourse'") + "; update quarantine set state = 'waiting', settled_by = null")),
        with(not_emptied("rule", "truncate rule cascade"),
            EMPTIED),
        with(bad("order_number", "order_number_order_exists", "insert into order_number values ('tamara:nobody', '1')".to_owned()),
            "alter table order_number disable trigger order_number_words"),
        bad("order_number", "order_number_is_short", "insert into order_number values ('tamara:new', ' ')".to_owned()),
        bad("order_number", "order_number_unique", "insert into order_number values ('tamara:new', '1'), ('tamara:new', '1')".to_owned()),
        append_only("order_number", "insert into order_number values ('tamara:new', '1'); delete from order_number"),
        not_emptied("order_number", "truncate order_number"),
        bad("order_word", "order_word_unique", "insert into order_word select * from order_word limit 1".to_owned()),
        bad("view_change", "view_change_name_printable", "insert into view_change (name, query, changed_by) values (E'stuck\\u202e', 'age>48h', 'ada')".to_owned()),
        bad("view_change", "view_change_has_name", "insert into view_change (name, query, changed_by) values (' stuck', 'age>48h', 'ada')".to_owned()),
        bad("view_change", "view_change_query_short", "insert into view_change (name, query, changed_by) values ('stuck', repeat('x', 4001), 'ada')".to_owned()),
        append_only("view_change", "insert into view_change (name, query, changed_by) values ('stuck', 'age>48h', 'ada'); update view_change set query = 'age>1h'"),
    ]
}

fn all() -> Vec<Bad> {
    [
        of_orders(),
        of_amounts(),
        of_the_log(),
        of_the_rest(),
        of_the_law(),
        of_the_watch(),
        of_plans(),
        of_cases(),
        of_requests(),
        of_servers(),
        of_statements(),
        of_findings(),
        of_what_is_emptied(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Puts one order in every status, with the status as its id; amounts of 300.00, a third captured or refunded.
async fn one_of_each(book: &Book) {
    for provider in Provider::all() {
        for status in provider.statuses() {
            let key = OrderKey::new(*provider, status.name()).unwrap();
            let order = Order::open(key, Money::new(30_000, provider.currencies()[0]), at("2026-11-01T08:00:00Z"));
            put(&book.store, &order, &way_to(&order, status)).await;
        }
    }
}

/// The name of the constraint that refuses these statements, or `None` if they succeed. Always rolls back.
async fn refusal(connection: &mut PgConnection, before: &str, sql: &str) -> Option<String> {
    let mut tx = connection.begin().await.unwrap();
    if !before.is_empty() {
        sqlx::raw_sql(AssertSqlSafe(before.to_owned())).execute(&mut *tx).await.unwrap();
    }
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await;
    tx.rollback().await.unwrap();
    sqlx::raw_sql("reset session authorization").execute(connection).await.unwrap();
    let error = done.err()?;
    let database = error.as_database_error().unwrap_or_else(|| panic!("{error} for {sql}"));
    Some(database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned))
}

/// Makes a login that may write, but only in its own name.
async fn plain_writer(connection: &mut PgConnection) {
    let sql = "do $$ begin create role plain_writer login in role recourse_writer; exception when duplicate_object or unique_violation then null; end $$";
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

#[tokio::test]
async fn every_constraint_refuses_and_is_needed() {
    let book = book().await;
    one_of_each(&book).await;
    let mut psql = book.psql().await;
    plain_writer(&mut psql).await;
    // The triggers refuse also where someone granted more than the program does.
    let granted = "grant insert, update, delete on all tables in schema recourse to plain_writer";
    sqlx::raw_sql(granted).execute(&mut psql).await.unwrap();
    let mut faults = Vec::new();
    for Bad { constraint, sql, drop, and_drop } in all() {
        // What follows events is written here as if by them.
        let guards = [
            "dispute_case",
            "case_clock",
            "decision",
            "payout",
            "statement_shop",
            "statement_sum",
            "statement_finding",
        ];
        let off = guards.map(|table| format!("alter table {table} disable trigger {table}_follows_events")).join("; ");
        let off = if constraint == "follows_events" { "" } else { off.as_str() };
        let refused = refusal(&mut psql, off, &sql).await;
        let without = refusal(&mut psql, &format!("{off}; {drop}; {and_drop}"), &sql).await;
        if refused.as_deref() != Some(constraint) || without.is_some() {
            faults.push(format!("{constraint}: {refused:?}; without it {without:?}: {sql}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

#[tokio::test]
async fn every_constraint_has_its_bad_write() {
    let book = book().await;
    let mut psql = book.psql().await;
    let mut names: Vec<String> = sqlx::query_scalar(
        "select conname::text from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
         where n.nspname = 'recourse' and contype in ('c', 'p', 'u', 'f') and conname !~ '_(pkey|fkey|key)$'
         union select tgname::text from pg_trigger join pg_class t on t.oid = tgrelid where not tgisinternal and tgname !~ '_(texts|sealed|works|in_time)$' and tgname <> 'a_number' and tgname not in ('transition_project', 'confirmation_count', 'fact_batch_count', 'erasure_follow', 'order_words', 'order_number_words', 'evidence_judge', 'seen_judge_added', 'seen_judge_changed', 'account_works', 'statement_compare', 'case_event_project', 'case_event_concerns', 'plan_event_concerns',
             'payout_event_project', 'request_turns', 'request_concerns', 'message_carried', 'quarantine_applied', 'fact_seal', 'case_draft_keep')
         union select 'transition_request_unique'",
    )
    .fetch_all(&mut psql)
    .await
    .unwrap();
    let all = all();
    names.retain(|name| {
        let tried = all
            .iter()
            .any(|bad| bad.constraint == name || bad.drop.contains(&format!(" {name} ")) || bad.drop.ends_with(name));
        !tried && !STRUCTURE.contains(&name.as_str())
    });
    assert_eq!(names, Vec::<String>::new(), "constraints and triggers without a bad write");
    // One function, of which a bad write is tried; and where it stands.
    let timed: Vec<String> =
        sqlx::query_scalar("select tgrelid::regclass::text from pg_trigger where tgname ~ '_in_time$' order by 1")
            .fetch_all(&mut psql)
            .await
            .unwrap();
    let tables = [
        "case_event",
        "desk_policy",
        "payout_event",
        "person_change",
        "plan_event",
        "request",
        "statement",
        "transition",
    ];
    assert_eq!(timed, tables);
}

/// The database refuses by name every cell of the matrix that the law refuses. Only the program can check roles and
/// times, so rows of the law are left out, whatever their guard.
#[tokio::test]
async fn what_the_law_refuses_the_database_refuses() {
    let book = book().await;
    one_of_each(&book).await;
    let mut psql = book.psql().await;
    let mut tried = 0;
    for provider in Provider::all() {
        for from in provider.statuses() {
            for &(action, _) in &provider.moves() {
                let mut goals: Vec<Status> = provider
                    .rules()
                    .iter()
                    .filter(|(_, rule)| rule.action == action)
                    .map(|(_, rule)| rule.to)
                    .collect();
                goals.sort();
                goals.dedup();
                for &actor in Actor::VARIANTS {
                    for &to in &goals {
                        if from.rules().iter().any(|rule| (rule.action, rule.actor, rule.to) == (action, actor, to)) {
                            continue;
                        }
                        let sql = refused_cell(from, action, actor, to);
                        let name = refusal(&mut psql, "", &sql).await;
                        let sentence = name.as_ref().is_some_and(|name| name.contains('_') && !name.contains(' '));
                        assert!(sentence, "{name:?} for {sql}");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 1_500, "{tried}");
}

/// The SQL for this cell, with every other column as consistent as possible.
fn refused_cell(from: Status, action: Action, actor: Actor, to: Status) -> String {
    let order = format!("{}:{}", from.provider().name(), from.name());
    let mut columns = vec![("note", "'n'"), ("reference", "'r'")];
    match (action, to) {
        (Action::Capture, _) => columns.extend([("amount", "1"), ("captured", "o.captured + 1")]),
        (Action::Refund, _) => columns.extend([("amount", "1"), ("refunded", "o.refunded + 1")]),
        (Action::Cancel, to) if to.provider() == TAMARA => {
            columns.extend([("amount", "1"), ("canceled", "o.canceled + 1")])
        }
        (Action::Authorise, _) => columns.push(("authorised", "o.amount")),
        (Action::Accept | Action::Settle, _) => {
            columns.extend([("to_seller", "o.amount"), ("to_buyer", "0"), ("outcome", "'pay_seller'")])
        }
        (Action::Reject, _) => columns.push(("rejection_pending", "true")),
        _ => {}
    }
    match action {
        Action::Approve => columns.push(("due_at", "'2026-11-23T08:00:00Z'")),
        Action::Authorise => columns.push(("due_at", "'2027-02-18T08:00:00Z'")),
        _ if to.wait().is_some() => columns.push(("due_at", "o.due_at")),
        _ => {}
    }
    moved(&order, action.name(), actor.name(), to.name(), &columns)
}

/// Every name that the database may refuse with has its sentence, and starts with its table.
#[tokio::test]
async fn every_refusal_has_its_sentence() {
    let book = book().await;
    let named: Vec<(String, String)> = sqlx::query_as(
        "select conname::text, case when contypid > 0 then contypid::regtype::text else conrelid::regclass::text end from pg_constraint c join pg_namespace n on n.oid = c.connamespace
         where n.nspname = 'recourse' and contype in ('c', 'p', 'u', 'f') and conname !~ '_(pkey|fkey|key)$'
         union select i.relname::text, t.relname::text from pg_index x join pg_class i on i.oid = x.indexrelid
         join pg_class t on t.oid = x.indrelid join pg_namespace n on n.oid = t.relnamespace
         where n.nspname = 'recourse' and x.indisunique and not exists (select from pg_constraint where conindid = i.oid)",
    )
    .fetch_all(&mut book.psql().await)
    .await
    .unwrap();
    let named = named.into_iter().filter(|(name, _)| !STRUCTURE.contains(&name.as_str())).collect::<Vec<_>>();
    for (name, table) in &named {
        assert!(name.starts_with(&format!("{table}_")), "{name} does not start with {table}");
    }
    let mut raised = Vec::new();
    for part in recourse::store::schema::PARTS.iter() {
        raised.extend(
            part.sql.as_str().split("refuse('").skip(1).filter_map(|rest| rest.split('\'').next()).map(str::to_owned),
        );
    }
    assert!(raised.len() > 40, "{raised:?}");
    let mut names: Vec<String> = named.into_iter().map(|(name, _)| name).chain(raised).collect();
    names.sort();
    names.dedup();
    let without: Vec<&String> = names.iter().filter(|name| constraints::sentence(name).is_none()).collect();
    assert!(without.is_empty(), "no sentence for {without:?}");
    let all = constraints::ORDERS.iter().chain(constraints::DESK).map(|row| row.0);
    let unused: Vec<&str> = all.filter(|name| !names.iter().any(|known| known == name)).collect();
    assert!(unused.iter().all(|name| STRUCTURE.contains(name)), "sentences of nothing: {unused:?}");
}
