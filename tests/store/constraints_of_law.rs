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
    let named =
        "insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', true, 'recourse')";
    let then = |sql: &str| format!("{named}; {sql}");
    vec![
        append_only("law", "update law set digest = ''"),
        with(not_emptied("law", "truncate law cascade"), EMPTIED),
        not_emptied("view_change", "truncate view_change"),
        guarded("view_change", "view_change_seal", "login_acts_for_itself", "set session authorization plain_writer; insert into view_change (name, query, changed_by) values ('stuck', 'age>48h', 'recourse')"),
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
        bad("person_change", "person_change_login_is_name", then("insert into person_change (login, role, granted, changed_by) values (' bola', 'agent', true, 'ada')")),
        not_emptied("person_change", "truncate person_change"),
        append_only("rule", "update rule set to_status = 'completed' where action = 'settle'"),
        bad("person_change", "person_change_role_known", then("insert into person_change (login, role, granted, changed_by) values ('bola', 'king', true, 'ada')")),
        append_only("person_change", &then("delete from person_change")),
        guarded("person_change", "person_named", "person_change_first_is_admin", &named.replace("'admin'", "'agent'")),
        guarded("person_change", "person_named", "person_change_by_admin", &then("insert into person_change (login, role, granted, changed_by) values ('bola', 'agent', true, 'bola')")),
        guarded("person_change", "person_named", "person_change_keeps_an_admin", &then("insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', false, 'ada')")),
    ]
}
