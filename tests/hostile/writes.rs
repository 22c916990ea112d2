//! Writes past the program, and the logins that may write them once people are registered.

use super::harness::raw::moved;

/// A write, and the logins that may write it.
type Write = (String, &'static [&'static str]);

/// Every write that is tried with every login.
pub fn writes() -> Vec<Write> {
    [of_orders(), of_facts(), of_cases(), of_the_team()].concat()
}

fn said(sql: &str, may: &'static [&'static str]) -> Write {
    (sql.to_owned(), may)
}

#[rustfmt::skip]
fn of_orders() -> Vec<Write> {
    let by = |source: &'static str| [("source", source), ("recorder", "session_user"), ("note", "'told'"), ("happened_at", "now()")];
    let authorised = [&by("'console'")[..], &[("authorised", "o.amount"), ("due_at", "now() + interval '90 days'")]].concat();
    let paid = [&by("'console'")[..], &[("reference", "'r'")]].concat();
    let expired = |source| moved("tamara:T-3", "expire", "clock", "expired", &by(source));
    vec![
        (moved("tamara:T-1", "authorise", "merchant", "authorised", &authorised), &["h_ops"]),
        (moved("atarapay:A-1", "complete", "provider", "completed", &paid), &["h_agent", "h_lead"]),
        (expired("'clock'"), &["h_intake"]),
        (expired("'notification'"), &["h_intake"]),
        (expired("'import'"), &["h_intake"]),
        said("insert into plan (title, needs_approval, rate, stop_after, orders, made_by) values ('t', false, 0, 1, 1, session_user);
            insert into plan_row (plan, place, order_id, version) select max(number), 1, 'tamara:T-1', 2 from plan", &["h_ops"]),
        said("insert into runbook_tick (order_id, step, done, recorder) values ('tamara:T-1', 's', true, session_user)", &["h_ops"]),
    ]
}

#[rustfmt::skip]
fn of_facts() -> Vec<Write> {
    vec![
        said("insert into fact (key, outcome) values ('k', 'applied')", &["h_intake"]),
        said("insert into fact (key, outcome) values ('k', 'quarantined'); insert into quarantine (key, raw, why, message) values ('k', '', 'unknown', 'm')", &["h_intake"]),
        said("insert into order_number (order_id, number) values ('tamara:T-1', '1')", &["h_intake"]),
        said("insert into evidence (order_id, kind, status, happened_at, recorder) values ('tamara:T-1', 'observed', 'approved', now(), session_user)", &["h_intake"]),
        said("select quarantine_settled(id, 'dismissed', 'n', session_user) from quarantine", &["h_ops", "h_intake"]),
        said("select quarantine_judged(array[id], array['waiting'], array[why], array[message], array['[]'], array[''], array[false]) from quarantine", &["h_intake"]),
        said("update quarantine set readings = '[]'", &[]),
        said("insert into account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'live', true)", &["h_intake"]),
        said("insert into received (account, provider, line, is_line) values ('a', 'tamara', '', true)", &["h_intake"]),
        said("insert into reading (order_id, account, why) values ('tamara:T-1', 'a', 'ids')", &["h_intake"]),
    ]
}

#[rustfmt::skip]
fn of_cases() -> Vec<Write> {
    vec![
        said("insert into case_event (order_id, number, what, recorder) values ('atarapay:D-1', 1, 'claimed', session_user)", &["h_agent", "h_lead"]),
        said("select case_open('tamara:T-1', session_user, 'look', null, null)", &["h_agent", "h_lead"]),
        said("select case_begin('tamara:T-1', 'clock', '', now(), 'look', null, null)", &[]),
        // The functions of triggers, on a table of one's own.
        said("create temp table case_event (like case_event); create trigger t after insert on pg_temp.case_event for each row execute function case_event_project()", &[]),
        said("create temp table case_note (like case_note); create trigger t after insert on pg_temp.case_note for each row execute function sealed('order_id', 'seq', '', '')", &[]),
        said("select case_born(e) from case_event e limit 1", &[]),
        said("insert into seal_tip values ('atarapay:D-1', 1, '')", &[]),
        said("insert into seal (chain, nr, source, place, own, hash) values ('atarapay:D-1', 99, 'case_note', 'x', '', '')", &[]),
        said("select case_take_next(session_user, null, null, null)", &["h_agent", "h_lead"]),
        said("select case_drafted('atarapay:D-1', 1, session_user, 'note', 'b')", &["h_agent", "h_lead", "h_ops"]),
        said("select case_drafted('atarapay:D-1', 1, 'h_lead', 'note', 'b')", &["h_lead"]),
        said("select case_undrafted('atarapay:D-1', 1, 'h_lead', 'note')", &["h_lead"]),
        said("select case_seen('atarapay:D-1', 1, '00000000-0000-0000-0000-000000000002', session_user)", &["h_agent", "h_lead", "h_ops"]),
        said("select case_edit('atarapay:D-1', 1, '00000000-0000-0000-0000-000000000001', session_user, true)", &["h_agent", "h_lead", "h_ops"]),
    ]
}

#[rustfmt::skip]
fn of_the_team() -> Vec<Write> {
    let alert = |what: &str, columns: &str, values: &str| format!(
        "insert into alert_event (alert, seq, what, severity, since, said, at, recorder{columns}) values ('x', 1, '{what}', 'warning', now(), '', now(), session_user{values})");
    vec![
        (alert("fired", "", ""), &["h_ops", "h_intake"]),
        (alert("acknowledged", ", reason, until", ", 'r', now() + interval '1 hour'"), &["h_ops"]),
        said("insert into view_change (name, query, changed_by) values ('v', 'q', session_user)", &["h_agent", "h_lead", "h_ops", "h_admin"]),
        said("insert into person_change (login, role, granted, changed_by) values (session_user, 'lead', true, session_user)", &["h_admin"]),
        said("insert into desk_policy (number, body, source, recorder) select number + 1, body, source, session_user from desk_policy order by number desc limit 1", &["h_admin"]),
        said("select heart_beats('x', now(), 1, session_user)", &["h_agent", "h_lead", "h_ops", "h_admin", "h_intake"]),
        said("select deliveries_taken('{webhook}')", &["h_ops", "h_intake"]),
        said("select inbox_marked('h_lead', null)", &["h_lead"]),
        // In another's name.
        said("insert into view_change (name, query, changed_by) values ('v', 'q', 'h_agent')", &["h_agent"]),
        said("insert into person_change (login, role, granted, changed_by) values ('x', 'lead', true, 'h_admin')", &["h_admin"]),
    ]
}
