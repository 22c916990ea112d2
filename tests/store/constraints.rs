//! Every constraint refuses a bad write by name, and is needed: without it, the write succeeds.

use std::collections::BTreeMap;

use recourse::domain::*;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use strum::VariantArray;

use super::constraints_of_cases::of_cases;
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

/// Constraints that are only targets of foreign keys.
const STRUCTURE: [&str; 4] =
    ["a_version_has_one_state", "a_rule_stands_once", "a_row_is_one_order", "an_event_is_one_thing"];

const PROJECT: &str = "alter table transition disable trigger transition_project";
/// Drops every truncate trigger: tables that are emptied together are guarded together.
pub const EMPTIED: &str = "do $$ declare it record; begin
  for it in select tgname, tgrelid::regclass as of from pg_trigger where not tgisinternal and tgtype & 32 > 0 loop
    execute format('drop trigger %I on %s', it.tgname, it.of);
  end loop; end $$";
const CONTINUES: &str = "alter table transition drop constraint a_transition_continues_the_last";

/// The SQL for the next log row of an existing order, with these columns changed.
fn log(order: &str, columns: &[(&str, &str)]) -> String {
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

fn open(id: &str, provider: &str, currency: &str, columns: &str, values: &str) -> String {
    format!(
        "insert into orders (id, provider, currency, amount, opened_at{columns}) values ('{id}', '{provider}', '{currency}', 30000, '2026-11-20T08:00:00Z'{values})"
    )
}

/// A bad write that a check, key or unique constraint refuses.
pub fn bad(table: &str, constraint: &'static str, sql: String) -> Bad {
    Bad { constraint, sql, drop: format!("alter table {table} drop constraint {constraint} cascade"), and_drop: "" }
}

pub fn with(bad: Bad, and_drop: &'static str) -> Bad {
    Bad { and_drop, ..bad }
}

/// A bad write that a trigger refuses. The constraint it reports can differ from the trigger's name.
pub fn guarded(table: &str, trigger: &str, constraint: &'static str, sql: &str) -> Bad {
    Bad { constraint, sql: sql.to_owned(), drop: format!("drop trigger {trigger} on {table}"), and_drop: "" }
}

#[rustfmt::skip]
fn of_orders() -> Vec<Bad> {
    let t = "orders";
    vec![
        with(bad(t, "an_order_has_one_id", open("tamara:new", "tamara", "SAR", "", "")), "drop trigger order_words on orders"),
        bad(t, "an_order_is_worth_something", open("tamara:X", "tamara", "SAR", "", "").replace("30000", "0")),
        bad(t, "a_fee_is_not_negative", open("tamara:X", "tamara", "SAR", ", cancellation_fee", ", -1")),
        bad(t, "an_id_names_its_provider", open("X", "tamara", "SAR", "", "")),
        bad(t, "an_id_is_one_short_printable_line", open("tamara:X", "tamara", "SAR", "", "").replace("'tamara:X'", "E'tamara:X\\x07'")),
        bad(t, "the_provider_takes_the_currency", open("tamara:X", "tamara", "NGN", "", "")),
        bad(t, "an_order_stands_where_its_last_transition_left_it",
            open("tamara:X", "tamara", "SAR", "", "") + "; set constraints all immediate"),
        with(guarded(t, "orders_stay", "the_log_is_append_only",
            &(open("tamara:X", "tamara", "SAR", "", "") + "; delete from orders where id = 'tamara:X'")), "drop trigger order_words on orders"),
        with(guarded(t, "orders_are_never_emptied", "the_log_is_append_only", "truncate orders cascade"),
            EMPTIED),
        guarded(t, "only_a_transition_moves_an_order", "only_a_transition_moves_an_order",
            "update orders set status = 'approved' where id = 'tamara:new'"),
    ]
}

#[rustfmt::skip]
fn of_amounts() -> Vec<Bad> {
    let t = "transition";
    let due = ("due_at", "'2027-02-18T08:00:00Z'");
    vec![
        bad(t, "an_order_opens_with_nothing_done", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "new",
            &[("amount", "30000"), ("authorised", "30000"), ("due_at", "'2026-11-20T08:30:00Z'"), ("from_status", "''")])),
        bad(t, "an_action_bears_its_amount", moved("tamara:new", "decline", "provider", "declined", &[("amount", "5")])),
        bad(t, "an_amount_is_more_than_nothing", moved("tamara:authorised", "capture", "merchant", "partially_captured", &[("amount", "0")])),
        bad(t, "an_authorisation_is_for_the_whole", moved("tamara:approved", "authorise", "merchant", "authorised",
            &[("authorised", "100"), due])),
        bad(t, "canceled_and_captured_stay_within_authorised", moved("tamara:authorised", "capture", "merchant", "partially_captured",
            &[("amount", "40000"), ("captured", "40000")])),
        bad(t, "refunded_stays_within_captured", moved("tamara:partially_captured", "refund", "merchant", "partially_refunded",
            &[("amount", "15000"), ("refunded", "15000")])),
        bad(t, "an_updated_order_keeps_something", moved("tamara:authorised", "cancel", "merchant", "updated",
            &[("amount", "30000"), ("canceled", "30000"), ("due_at", "o.due_at")])),
        bad(t, "a_canceled_order_keeps_nothing", moved("tamara:authorised", "cancel", "merchant", "canceled",
            &[("amount", "10000"), ("canceled", "10000")])),
        bad(t, "a_partially_captured_order_has_some_uncaptured", moved("tamara:authorised", "capture", "merchant", "partially_captured",
            &[("amount", "30000"), ("captured", "30000")])),
        bad(t, "a_fully_captured_order_has_nothing_uncaptured", moved("tamara:authorised", "capture", "merchant", "fully_captured",
            &[("amount", "10000"), ("captured", "10000")])),
        bad(t, "a_partially_refunded_order_has_something_left", moved("tamara:fully_captured", "refund", "merchant", "partially_refunded",
            &[("amount", "30000"), ("refunded", "30000")])),
        bad(t, "a_fully_refunded_order_has_nothing_left", moved("tamara:partially_refunded", "refund", "merchant", "fully_refunded",
            &[("amount", "1"), ("refunded", "o.refunded + 1")])),
        bad(t, "only_escrow_is_divided", moved("tamara:authorised", "cancel", "merchant", "updated",
            &[("amount", "1"), ("canceled", "1"), ("due_at", "o.due_at"), ("to_seller", "0"), ("to_buyer", "30000")])),
        with(bad(t, "parts_come_together", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("to_seller", "30000")])), CONTINUES),
        bad(t, "a_decision_names_both_parts", moved("atarapay:awaiting_buyer_response", "accept", "buyer", "accepted", &[])),
        with(bad(t, "the_parts_sum_to_the_held_amount", moved("atarapay:disputed", "settle", "dispute_manager", "dispute_resolved",
            &[("to_seller", "1"), ("to_buyer", "1"), ("outcome", "'split'")])), "alter table transition disable trigger transition_then_case"),
        bad(t, "an_acceptance_pays_the_seller", moved("atarapay:awaiting_buyer_response", "accept", "buyer", "accepted",
            &[("to_seller", "29999"), ("to_buyer", "1")])),
        bad(t, "a_return_refunds_the_buyer", moved("atarapay:pending", "cancel", "buyer", "cancelled",
            &[("to_seller", "1"), ("to_buyer", "29999")])),
        bad(t, "a_withdrawal_pays_the_other_party", moved("atarapay:disputed", "withdraw", "buyer", "dispute_resolved",
            &[("to_seller", "0"), ("to_buyer", "30000"), ("outcome", "'refund_buyer'")])),
        bad(t, "an_outcome_is_what_its_parts_say", moved("atarapay:disputed", "settle", "dispute_manager", "dispute_resolved",
            &[("to_seller", "30000"), ("to_buyer", "0"), ("outcome", "'split'")])),
    ]
}

#[rustfmt::skip]
fn of_the_log() -> Vec<Bad> {
    let t = "transition";
    let approved = "'2026-11-23T08:00:00Z'";
    vec![
        with(bad(t, "an_order_moves_once_per_version", moved("tamara:approved", "decline", "provider", "declined",
            &[("seq", "2"), ("from_status", "'new'")])), PROJECT),
        with(bad(t, "a_transition_belongs_to_an_order", log("tamara:new", &[("order_id", "'tamara:nobody'"), ("seq", "1"), ("from_status", "''"),
            ("action", "'open'"), ("actor", "'buyer'"), ("to_status", "'new'"), ("amount", "30000"), ("due_at", "'2026-11-20T08:30:00Z'")])), PROJECT),
        bad(t, "a_transition_follows_a_rule", moved("tamara:new", "decline", "merchant", "declined", &[])),
        bad(t, "a_transition_continues_the_last", moved("tamara:approved", "decline", "provider", "declined", &[("from_status", "'new'")])),
        bad(t, "a_transition_is_of_its_orders_provider", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "pending",
            &[("provider", "'atarapay'"), ("from_status", "''"), ("amount", "30000")])),
        bad(t, "only_the_first_transition_opens", open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "decline", "provider", "declined",
            &[("from_status", "'new'")])),
        with(bad(t, "versions_count_from_one", moved("tamara:new", "decline", "provider", "declined", &[("seq", "0")])),
            "alter table transition drop constraint a_transition_continues_the_last; alter table transition disable trigger transition_project"),
        bad(t, "only_a_rejection_is_pending", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("rejection_pending", "true")])),
        with(bad(t, "there_is_no_third_delivery", moved("atarapay:pending", "agree_second_delivery", "seller", "pending_ii",
            &[("from_status", "'awaiting_buyer_response'"), ("attempt", "2")])), CONTINUES),
        bad(t, "a_deadline_runs_where_the_law_has_one", moved("tamara:new", "approve", "provider", "approved", &[])),
        bad(t, "a_deadline_counts_from_its_milestone", moved("tamara:new", "approve", "provider", "approved", &[("due_at", "'2026-11-24T08:00:00Z'")])),
        with(guarded(t, "transition_seal", "a_deadline_stays_with_its_milestone", &moved("tamara:authorised", "cancel", "merchant", "updated",
            &[("amount", "1"), ("canceled", "1"), ("due_at", "o.due_at + interval '1 day'")])), CONTINUES),
        guarded(t, "transition_seal", "an_order_opens_when_it_was_opened", &(open("tamara:X", "tamara", "SAR", "", "") + ";" + &moved("tamara:X", "open", "buyer", "new",
            &[("amount", "30000"), ("happened_at", "'2026-11-20T09:00:00Z'"), ("due_at", "'2026-11-20T09:30:00Z'"), ("from_status", "''")]))),
        bad(t, "a_transition_happens_in_our_time", moved("tamara:new", "decline", "provider", "declined", &[("happened_at", "'infinity'")])),
        bad(t, "only_missed_steps_are_inferred", moved("tamara:new", "decline", "provider", "declined", &[("inferred", "true")])),
        bad(t, "a_request_has_its_digest", moved("tamara:new", "decline", "provider", "declined", &[("request_digest", "'d'")])),
        bad(t, "a_source_is_known", moved("tamara:new", "decline", "provider", "declined", &[("source", "'rumour'")])),
        bad(t, "a_word_taken_down_says_how_it_is_known", moved("atarapay:pending", "deliver", "courier", "awaiting_buyer_response", &[("source", "'console'"), ("note", "' '")])),
        bad(t, "a_payout_taken_down_has_its_reference", moved("atarapay:accepted", "complete", "provider", "completed", &[("source", "'console'")])),
        Bad { drop: "drop index a_request_is_recorded_once".to_owned(), ..bad(t, "a_request_is_recorded_once",
            moved("tamara:new", "approve", "provider", "approved", &[("due_at", approved), ("request_digest", "'d'"), ("request_id", "'00000000-0000-0000-0000-000000000001'")]) + ";"
            + &moved("tamara:new", "authorise", "merchant", "authorised", &[("authorised", "30000"), ("due_at", "'2027-02-18T08:00:00Z'"),
                ("request_digest", "'d'"), ("request_id", "'00000000-0000-0000-0000-000000000001'")])) },
        guarded(t, "the_log_is_append_only", "the_log_is_append_only", "update transition set note = 'other' where order_id = 'tamara:new'"),
        guarded(t, "the_log_is_append_only", "the_log_is_append_only", "delete from transition where order_id = 'tamara:approved' and seq = 2"),
        with(guarded(t, "the_log_is_never_emptied", "the_log_is_append_only", "truncate transition cascade"),
            EMPTIED),
        with(guarded(t, "transition_seal", "a_person_speaks_for_themselves",
            &("grant insert on transition to plain_writer; set session authorization plain_writer; ".to_owned() + &moved("tamara:new", "decline", "provider", "declined", &[]))), CONTINUES),
    ]
}

#[rustfmt::skip]
fn of_the_rest() -> Vec<Bad> {
    let confirm = "insert into confirmation (order_id, seq, happened_at, recorder) values ('tamara:approved', 2, now(), 'recourse')";
    let held = "insert into fact (key, outcome) values ('k', 'quarantined'); insert into quarantine (key, raw, why, message) values ('k', '', '', '')";
    let settled = |how: &str| format!("{held}; update quarantine set {how} where key = 'k'");
    let named = "insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', true, 'recourse')";
    let then = |sql: &str| format!("{named}; {sql}");
    vec![
        bad("confirmation", "a_transition_is_confirmed_once", format!("{confirm}; {confirm}")),
        bad("confirmation", "a_confirmation_is_of_a_transition", confirm.replace("2, now()", "9, now()")),
        bad("confirmation", "an_opening_needs_no_confirmation", confirm.replace("2, now()", "1, now()")),
        bad("confirmation", "a_confirmation_happens_in_our_time", confirm.replace("now()", "'infinity'")),
        bad("quarantine", "a_fact_happens_in_our_time", held.replace("message) values ('k', '', '', '')", "message, happened_at) values ('k', '', '', '', 'infinity')")),
        guarded("confirmation", "confirmation_seal", "a_person_speaks_for_themselves", &format!("set session authorization plain_writer; {confirm}")),
        guarded("confirmation", "confirmations_stay", "the_log_is_append_only", &format!("{confirm}; delete from confirmation")),
        guarded("confirmation", "confirmations_are_never_emptied", "the_log_is_append_only", "truncate confirmation"),
        bad("fact", "a_fact_is_taken_once", "insert into fact (key, outcome) values ('k', 'applied'), ('k', 'repeated')".to_owned()),
        bad("fact", "an_outcome_of_a_fact_is_known", "insert into fact (key, outcome) values ('k', 'lost')".to_owned()),
        guarded("fact", "facts_stay", "the_log_is_append_only", "insert into fact (key, outcome) values ('k', 'applied'); delete from fact"),
        with(guarded("fact", "facts_are_never_emptied", "the_log_is_append_only", "truncate fact cascade"), EMPTIED),
        bad("quarantine", "a_fact_waits_once", format!("{held}; insert into quarantine (key, raw, why, message) values ('k', '', '', '')")),
        bad("quarantine", "a_quarantined_fact_is_waiting_or_settled", settled("state = 'lost', settled_by = 'recourse'")),
        bad("quarantine", "a_dismissal_says_why", settled("state = 'dismissed', note = ' ', settled_by = 'recourse'")),
        guarded("quarantine", "quarantine_begin", "what_comes_in_waits", &held.replace("message) values ('k', '', '', '')", "message, note, state) values ('k', '', '', '', 'n', 'dismissed')")),
        guarded("quarantine", "quarantine_stays", "the_log_is_append_only", &format!("{held}; delete from quarantine")),
        guarded("quarantine", "quarantine_is_never_emptied", "the_log_is_append_only", "truncate quarantine"),
        guarded("quarantine", "quarantine_settle", "somebody_settles_a_fact", &settled("state = 'dismissed', note = 'n'")),
        guarded("quarantine", "quarantine_settle", "a_person_speaks_for_themselves",
            &format!("set session authorization plain_writer; {}", settled("state = 'dismissed', note = 'n', settled_by = 'recourse'").replace(" where key = 'k'", ""))),
        guarded("quarantine", "quarantine_settle", "what_is_settled_stays_settled",
            &(settled("state = 'dismissed', note = 'n', settled_by = 'recourse'") + "; update quarantine set state = 'waiting', settled_by = null")),
        with(guarded("rule", "the_law_is_never_emptied", "the_log_is_append_only", "truncate rule cascade"),
            EMPTIED),
        bad("order_word", "an_order_has_its_words_once", "insert into order_word select * from order_word limit 1".to_owned()),
        bad("view_change", "a_view_has_a_name", "insert into view_change (name, query, changed_by) values (' stuck', 'age>48h', 'ada')".to_owned()),
        guarded("view_change", "views_stay", "the_log_is_append_only",
            "insert into view_change (name, query, changed_by) values ('stuck', 'age>48h', 'ada'); update view_change set query = 'age>1h'"),
        guarded("law", "laws_stay", "the_log_is_append_only", "update law set digest = ''"),
        bad("person_change", "a_login_is_a_name", then("insert into person_change (login, role, granted, changed_by) values (' bola', 'agent', true, 'ada')")),
        guarded("person_change", "grants_are_never_emptied", "the_log_is_append_only", "truncate person_change"),
        guarded("rule", "the_law_stays", "the_log_is_append_only", "update rule set to_status = 'completed' where action = 'settle'"),
        bad("person_change", "a_role_is_known", then("insert into person_change (login, role, granted, changed_by) values ('bola', 'king', true, 'ada')")),
        guarded("person_change", "grants_stay", "the_log_is_append_only", &then("delete from person_change")),
        guarded("person_change", "person_named", "the_first_person_is_an_admin", &named.replace("'admin'", "'agent'")),
        guarded("person_change", "person_named", "only_an_admin_names_people", &then("insert into person_change (login, role, granted, changed_by) values ('bola', 'agent', true, 'bola')")),
        guarded("person_change", "person_named", "an_admin_remains", &then("insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', false, 'ada')")),
    ]
}

#[rustfmt::skip]
fn of_the_watch() -> Vec<Bad> {
    let tried = "insert into evidence (order_id, kind, action, result, happened_at, recorder) values ('tamara:approved', 'attempted', 'authorise', '409', now(), 'recourse')";
    let asked = "insert into evidence (order_id, kind, status, happened_at, recorder) values ('tamara:approved', 'observed', 'approved', now(), 'recourse')";
    let sum = "insert into watch_sum values ('stuck', '2026-11-20T08:00:00Z', 'x', 'SAR', 1, 1)";
    let fired = "insert into alert_event (alert, seq, what, severity, since, said, at, recorder) values ('x', 1, 'fired', 'warning', now(), '', now(), 'recourse')";
    let noted = "insert into alert_event (alert, seq, what, severity, since, said, at, recorder, reason, until) values ('x', 1, 'acknowledged', 'warning', now(), '', now(), 'recourse', 'known', now() + interval '1 hour')";
    let beat = "insert into heartbeat (worker, beat_at, every, recorder) values ('clock', now(), 30, 'recourse')";
    let tick = "insert into runbook_tick (order_id, step, done, recorder) values ('tamara:approved', 'look-there', true, 'recourse')";
    let sly = |sql: &str| format!("set session authorization plain_writer; {sql}");
    vec![
        bad("evidence", "evidence_is_of_an_order", tried.replace("tamara:approved", "tamara:nobody")),
        bad("evidence", "a_kind_of_evidence_is_known", "insert into evidence (order_id, kind, happened_at, recorder) values ('tamara:approved', 'heard', now(), 'recourse')".to_owned()),
        bad("evidence", "an_attempt_says_what_came_of_it", tried.replace("'409'", "null")),
        bad("evidence", "an_observation_says_a_status", asked.replace("'approved', now()", "null, now()")),
        bad("evidence", "evidence_happens_in_our_time", tried.replace("now()", "'infinity'")),
        guarded("evidence", "evidence_seal", "a_person_speaks_for_themselves", &sly(tried)),
        guarded("evidence", "evidence_stays", "the_log_is_append_only", &format!("{tried}; delete from evidence")),
        guarded("evidence", "evidence_is_never_emptied", "the_log_is_append_only", "truncate evidence"),
        bad("watch_sum", "a_sum_stands_once", format!("{sum}; {sum}")),
        bad("alert_event", "an_alert_has_a_name", fired.replace("'x'", "''")),
        bad("alert_event", "a_word_of_an_alert_is_known", fired.replace("'fired'", "'rang'")),
        bad("alert_event", "a_severity_is_known", fired.replace("'warning'", "'bad'")),
        with(bad("alert_event", "an_alert_goes_on_once_per_event", format!("{fired}; {fired}")), "drop trigger alert_event_begin on alert_event"),
        guarded("alert_event", "alert_event_begin", "an_alert_goes_on_once_per_event", &fired.replace("'x', 1", "'x', 2")),
        bad("alert_event", "an_acknowledgement_has_a_reason_and_an_end", noted.replace("'known'", "' '")),
        bad("alert_event", "an_acknowledgement_ends_later", noted.replace("now() + interval '1 hour'", "now()")),
        guarded("alert_event", "alert_event_seal", "a_person_speaks_for_themselves", &sly(fired)),
        guarded("alert_event", "alert_events_stay", "the_log_is_append_only", &format!("{fired}; update alert_event set said = 'other'")),
        guarded("alert_event", "alert_events_are_never_emptied", "the_log_is_append_only", "truncate alert_event"),
        bad("heartbeat", "a_worker_beats_once", format!("{beat}; {beat}")),
        guarded("heartbeat", "heartbeat_seal", "a_person_speaks_for_themselves", &sly(beat)),
        bad("runbook_tick", "a_tick_is_of_an_order", tick.replace("tamara:approved", "tamara:nobody")),
        bad("runbook_tick", "a_tick_is_of_a_step", tick.replace("look-there", "")),
        guarded("runbook_tick", "runbook_tick_seal", "a_person_speaks_for_themselves", &sly(tick)),
        guarded("runbook_tick", "runbook_ticks_stay", "the_log_is_append_only", &format!("{tick}; delete from runbook_tick")),
        guarded("runbook_tick", "runbook_ticks_are_never_emptied", "the_log_is_append_only", "truncate runbook_tick"),
    ]
}

#[rustfmt::skip]
fn of_plans() -> Vec<Bad> {
    let plan = "insert into plan (title, needs_approval, rate, stop_after, orders, made_by) values ('p', false, 10, 5, 1, 'recourse')";
    let number = "(select max(number) from plan)";
    let made = |row: &str| format!("{plan}; insert into plan_row (plan, place, order_id, version, follow, amount) values ({number}, {row})");
    let row = "1, 'tamara:approved', 2, 'capture', 1";
    let event = |sql: &str| format!("{}; {sql}", made(row));
    let started = format!("insert into plan_event (plan, seq, what, recorder) values ({number}, 1, 'started', 'recourse')");
    let result = format!("insert into plan_result (plan, place, order_id, outcome, recorder) values ({number}, 1, 'tamara:approved', 'refused', 'recourse')");
    let moved = |outcome: &str, seq: i32| result.replace("outcome, recorder", "outcome, seq, recorder").replace("'refused'", &format!("'{outcome}', {seq}"));
    let ran = |sql: &str| event(&format!("{started}; {sql}"));
    let needs = made(row).replace("false", "true");
    let approved = "insert into plan_event (plan, seq, what, recorder) values ((select max(number) from plan), 1, 'approved', 'recourse')";
    let sly = |sql: &str| format!("set session authorization plain_writer; {sql}");
    vec![
        bad("plan", "a_plan_has_a_title", plan.replace("'p'", "' '")),
        bad("plan", "a_rate_is_a_number_of_orders", plan.replace("10, 5", "-1, 5")),
        bad("plan", "a_plan_stops_after_some_failures", plan.replace("10, 5", "10, 0")),
        bad("plan", "a_plan_has_orders", plan.replace("10, 5, 1", "10, 5, 0")),
        guarded("plan", "plan_begin", "a_person_speaks_for_themselves", &sly(plan)),
        guarded("plan", "plans_stay", "the_log_is_append_only", &format!("{plan}; update plan set title = 'other'")),
        with(guarded("plan", "plans_are_never_emptied", "the_log_is_append_only", "truncate plan cascade"), EMPTIED),
        bad("plan_row", "a_row_is_of_a_plan", "alter table plan_row disable trigger plan_row_begin; insert into plan_row (plan, place, order_id, version) values (99, 1, 'tamara:approved', 2)".to_owned()),
        with(guarded("plan_row", "plan_row_begin", "a_plan_is_fixed_when_it_is_made", "insert into plan_row (plan, place, order_id, version) values (99, 1, 'tamara:approved', 2)"), "alter table plan_row drop constraint a_row_is_of_a_plan"),
        bad("plan_row", "a_row_is_of_an_order", made("1, 'tamara:nobody', 2, null, null")),
        bad("plan_row", "what_follows_is_known", made("1, 'tamara:approved', 2, 'refund', 1")),
        bad("plan_row", "a_planned_amount_is_more_than_nothing", made("1, 'tamara:approved', 2, 'capture', 0")),
        bad("plan_row", "what_follows_bears_its_amount", made("1, 'tamara:approved', 2, 'capture', null")),
        bad("plan_row", "a_row_has_its_place", made("1, 'tamara:approved', 2, null, null), ((select max(number) from plan), 1, 'tamara:new', 1, null, null")),
        bad("plan_row", "an_order_is_planned_once", made("1, 'tamara:approved', 2, null, null), ((select max(number) from plan), 2, 'tamara:approved', 2, null, null")),
        guarded("plan_row", "plan_rows_stay", "the_log_is_append_only", &event("delete from plan_row")),
        with(guarded("plan_row", "plan_rows_are_never_emptied", "the_log_is_append_only", "truncate plan_row cascade"), EMPTIED),
        bad("plan_event", "an_event_is_known", event(&started.replace("'started'", "'forgotten'"))),
        guarded("plan_event", "plan_event_seal", "a_plan_goes_on_once_per_event", &event(&started.replace("1, 'started'", "2, 'started'"))),
        guarded("plan_event", "plan_event_seal", "a_plan_that_ended_stays_ended",
            &event(&format!("{}; {}", started.replace("started", "withdrawn"), started.replace("1, 'started'", "2, 'started'")))),
        guarded("plan_event", "plan_event_seal", "nobody_approves_their_own_plan", &format!("{needs}; {approved}")),
        guarded("plan_event", "plan_event_seal", "a_plan_is_approved_before_it_runs", &format!("{needs}; {started}")),
        guarded("plan_event", "plan_event_seal", "a_person_speaks_for_themselves",
            &event(&sly("insert into plan_event (plan, seq, what, recorder) values ((select max(number) from plan), 1, 'started', 'recourse')"))),
        guarded("plan_event", "plan_events_stay", "the_log_is_append_only", &ran("delete from plan_event")),
        guarded("plan_event", "plan_events_are_never_emptied", "the_log_is_append_only", "truncate plan_event"),
        guarded("plan_event", "plan_event_seal", "only_a_waiting_plan_is_approved", &event(&approved.replace("'recourse'", "'ada'"))),
        guarded("plan_event", "plan_event_seal", "a_plan_is_finished_when_every_row_is", &ran(&started.replace("1, 'started'", "2, 'finished'"))),
        bad("plan_event", "events_count_from_one", event(&format!("alter table plan_event disable trigger plan_event_seal; {}", started.replace("1, 'started'", "0, 'started'")))),
        bad("plan_event", "an_event_is_of_a_plan", started.replace(number, "99")),
        bad("plan_result", "an_outcome_of_a_row_is_known", ran(&result.replace("'refused'", "'lost'"))),
        bad("plan_result", "only_what_was_accepted_moved", ran(&moved("refused", 2))),
        bad("plan_result", "a_row_of_a_plan_ends_once", ran(&format!("{result}; {result}"))),
        bad("plan_result", "a_result_is_of_its_row", ran(&result.replace("tamara:approved", "tamara:new"))),
        bad("plan_result", "what_was_accepted_was_recorded", ran(&format!("alter table plan_result disable trigger plan_result_seal; {}", moved("accepted", 9)))),
        guarded("plan_result", "plan_result_seal", "what_was_accepted_was_done_by_the_plan", &ran(&moved("accepted", 2))),
        guarded("plan_result", "plan_result_seal", "only_a_running_plan_moves_orders", &event(&result)),
        guarded("plan_result", "plan_result_seal", "a_person_speaks_for_themselves", &ran(&sly(&result))),
        guarded("plan_result", "plan_results_stay", "the_log_is_append_only", &ran(&format!("{result}; delete from plan_result"))),
        guarded("plan_result", "plan_results_are_never_emptied", "the_log_is_append_only", "truncate plan_result"),
    ]
}

fn all() -> Vec<Bad> {
    [of_orders(), of_amounts(), of_the_log(), of_the_rest(), of_the_watch(), of_plans(), of_cases()]
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
    let mut faults = Vec::new();
    for Bad { constraint, sql, drop, and_drop } in all() {
        let refused = refusal(&mut psql, "", &sql).await;
        let without = refusal(&mut psql, &format!("{drop}; {and_drop}"), &sql).await;
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
         where n.nspname = 'public' and contype in ('c', 'p', 'u', 'f') and conname !~ '_(pkey|fkey|key)$'
         union select tgname::text from pg_trigger join pg_class t on t.oid = tgrelid where not tgisinternal and tgname not in ('transition_project', 'confirmation_count', 'order_words', 'case_event_project', 'payout_event_project')
         union select 'a_request_is_recorded_once'",
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
