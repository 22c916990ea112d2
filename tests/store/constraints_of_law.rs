//! Bad writes to the law's own tables and to the register of people.

use super::constraints::{Bad, EMPTIED, append_only, bad, guarded, not_emptied, with};

/// A row of the law with this deadline and these minutes.
fn rule(deadline: &str) -> String {
    format!(
        "insert into rule values (1, 'tamara', 'new', 'x', 'x', 'new', '', '', '', false, false, false, {deadline})"
    )
}

#[rustfmt::skip]
pub fn of_the_law() -> Vec<Bad> {
    let named = "insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', true, 'recourse')";
    let agent = "insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('plain_writer', 'agent', true, 'recourse')";
    let sly = "insert into fact (key, outcome) values ('q', 'quarantined'); set session authorization plain_writer";
    let intake = |table: &str, sql: &str| guarded(table, &format!("{table}_intake"), "login_is_intake", &format!("{agent}; {sly}; {sql}"));
    let then = |sql: &str| format!("{named}; {sql}");
    vec![
        append_only("law", "update law set digest = ''"),
        append_only("epoch", "insert into epoch (number, system_identifier, timeline) values (9, 1, 1); update epoch set timeline = 2"),
        not_emptied("epoch", "truncate epoch"),
        Bad { constraint: "moment_plausible", sql: "insert into epoch (number, system_identifier, timeline, since) values (9, 1, 1, 'infinity')".to_owned(),
            drop: "alter domain moment drop constraint moment_plausible".to_owned(), and_drop: "" },
        append_only("seal", &then("update seal set hash = ''")),
        not_emptied("seal", "truncate seal"),
        bad("seal", "seal_next_once", then("insert into seal (chain, nr, source, place, own, hash, xid) select chain, nr, source, place, own, hash, xid from seal limit 1")),
        append_only("seal_tip", &then("delete from seal_tip")),
        not_emptied("seal_tip", "truncate seal_tip"),
        bad("seal_tip", "seal_tip_unique", "insert into seal_tip select * from seal_tip limit 1".to_owned()),
        append_only("fact_batch", "insert into fact (key, outcome) values ('k', 'applied'); delete from fact_batch"),
        not_emptied("fact_batch", "truncate fact_batch"),
        bad("fact_batch", "fact_batch_unique", "insert into fact_batch values ('1', 1, 1, 1), ('1', 1, 1, 1)".to_owned()),
        with(not_emptied("law", "truncate law cascade"), EMPTIED),
        not_emptied("view_change", "truncate view_change"),
        guarded("view_change", "view_change_seal", "login_acts_for_itself", "set session authorization plain_writer; insert into view_change (name, query, changed_by) values ('stuck', 'age>48h', 'recourse')"),
        append_only("turn", "delete from turn"),
        not_emptied("turn", "truncate turn"),
        bad("turn", "turn_unique", "insert into turn values ('people')".to_owned()),
        bad("payment_reference", "payment_reference_unique", "insert into payment_reference values ('atarapay', 'r'), ('atarapay', 'r')".to_owned()),
        append_only("currency", "update currency set exponent = 0"),
        with(not_emptied("currency", "truncate currency cascade"), EMPTIED),
        bad("currency", "currency_exponent_in_range", "insert into currency values ('ZZZ', 9)".to_owned()),
        bad("currency", "currency_unique", "insert into currency values ('SAR', 2)".to_owned()),
        append_only("provider_currency", "delete from provider_currency where currency = 'USD'"),
        with(not_emptied("provider_currency", "truncate provider_currency cascade"), EMPTIED),
        bad("provider_currency", "provider_currency_unique", "insert into provider_currency values ('tamara', 'SAR')".to_owned()),
        bad("provider_currency", "provider_currency_known", "insert into provider_currency values ('tamara', 'ZZZ')".to_owned()),
        append_only("permission", "update permission set proof = 'nothing'"),
        not_emptied("permission", "truncate permission"),
        bad("permission", "permission_unique", "insert into permission select * from permission limit 1".to_owned()),
        append_only("drift_rule", "update drift_rule set kind = 'none'"),
        not_emptied("drift_rule", "truncate drift_rule"),
        bad("drift_rule", "drift_rule_unique", "insert into drift_rule select * from drift_rule limit 1".to_owned()),
        append_only("order_text", "insert into order_text (order_id, words) values ('tamara:approved', 'x'); delete from order_text"),
        not_emptied("order_text", "truncate order_text"),
        bad("order_text", "order_text_order_exists", "insert into order_text (order_id, words) values ('tamara:nobody', 'x')".to_owned()),
        append_only("case_rule", "update case_rule set material = true"),
        with(not_emptied("case_rule", "truncate case_rule cascade"), EMPTIED),
        bad("rule", "rule_deadline_known", rule("'later', null")),
        bad("rule", "rule_minutes_if_deadline_set", rule("'none', 5")),
        bad("person_change", "person_change_login_printable", then("insert into person_change (login, role, granted, changed_by) values (E'bo\\u200bla', 'agent', true, 'ada')")),
        bad("person_change", "person_change_login_is_name", then("insert into person_change (login, role, granted, changed_by) values (' bola', 'agent', true, 'ada')")),
        bad("person_change", "person_change_login_is_name", then("insert into person_change (login, role, granted, changed_by) values (repeat('b', 64), 'agent', true, 'ada')")),
        not_emptied("person_change", "truncate person_change"),
        append_only("rule", "update rule set to_status = 'completed' where action = 'settle'"),
        bad("person_change", "person_change_role_known", then("insert into person_change (login, role, granted, changed_by) values ('bola', 'king', true, 'ada')")),
        append_only("person_change", &then("delete from person_change")),
        guarded("person_change", "person_change_in_time", "committed_in_time", &format!("{}; set constraints all immediate; alter table person_change disable trigger person_named;
            set session authorization plain_writer; insert into person_change (login, role, granted, changed_by, changed_at) values ('bola', 'agent', true, 'plain_writer', now() - interval '1 minute');
            set constraints all immediate", agent.replace("'agent'", "'admin'"))),
        guarded("person_change", "person_named", "person_change_first_is_admin", &named.replace("'admin'", "'agent'")),
        guarded("person_change", "person_named", "person_change_first_by_owner",
            "set session authorization plain_writer; insert into person_change (login, role, granted, changed_by) values ('plain_writer', 'admin', true, 'plain_writer')"),
        intake("orders", "insert into orders (id, provider, currency, amount, opened_at) values ('tamara:X', 'tamara', 'SAR', 1, now())"),
        intake("fact", "insert into fact (key, outcome) values ('k', 'applied')"),
        intake("order_number", "insert into order_number (order_id, number) values ('tamara:new', 'N')"),
        intake("quarantine", "insert into quarantine (key, raw, why, message) values ('q', '', 'unknown', 'm')"),
        guarded("person_change", "person_named", "person_change_by_admin", &then("insert into person_change (login, role, granted, changed_by) values ('bola', 'agent', true, 'bola')")),
        guarded("person_change", "person_named", "person_change_keeps_an_admin", &then("insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', false, 'ada')")),
    ]
}

/// Tables whose rows go one by one, and never all at once.
pub fn of_what_is_emptied() -> Vec<Bad> {
    let tables = [
        "case_clock",
        "tally",
        "watch_sum",
        "watch_delta",
        "merchant",
        "order_word",
        "payment_reference",
        "drift",
        "seen",
        "request_turn",
    ];
    tables.iter().map(|table| with(not_emptied(table, &format!("truncate {table} cascade")), EMPTIED)).collect()
}
