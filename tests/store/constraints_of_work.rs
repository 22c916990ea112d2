//! Bad writes to evidence, alerts, runbooks and plans.

use super::constraints::{Bad, EMPTIED, append_only, bad, guarded, not_emptied, with};

#[rustfmt::skip]
pub fn of_the_watch() -> Vec<Bad> {
    let tried = "insert into evidence (order_id, kind, action, result, happened_at, recorder) values ('tamara:approved', 'attempted', 'authorise', '409', now(), 'recourse')";
    let asked = "insert into evidence (order_id, kind, status, happened_at, recorder) values ('tamara:approved', 'observed', 'approved', now(), 'recourse')";
    let sum = "insert into watch_sum values ('stuck', '2026-11-20T08:00:00Z', 'x', 'SAR', 1, 1)";
    let fired = "insert into alert_event (alert, seq, what, severity, since, said, at, recorder) values ('x', 1, 'fired', 'warning', now(), '', now(), 'recourse')";
    let noted = "insert into alert_event (alert, seq, what, severity, since, said, at, recorder, reason, until) values ('x', 1, 'acknowledged', 'warning', now(), '', now(), 'recourse', 'known', now() + interval '1 hour')";
    let beat = "insert into heartbeat (worker, beat_at, every, recorder) values ('clock', now(), 30, 'recourse')";
    let tick = "insert into runbook_tick (order_id, step, done, recorder) values ('tamara:approved', 'look-there', true, 'recourse')";
    let sent = format!("{fired}; insert into alert_delivery (alert, seq, sink, nr) values ('x', 1, 'webhook', 0)");
    let drift = "insert into drift values ('tamara:approved', 'a', 'provider_ahead', 'ahead', 'authorised', now(), now())";
    let seen = "insert into seen (order_id, account, read_at, word, status) values ('tamara:approved', 'a', now(), 'approved', 'approved')";
    let sums = "insert into evidence (order_id, kind, status, happened_at, recorder, currency, captured, canceled, refunded) values ('tamara:approved', 'observed', 'approved', now(), 'recourse', 'SAR', 1, 2, 3)";
    let token = "insert into merchant_token values ('a', 'tamara:approved', '401', now(), false)";
    let sly = |sql: &str| format!("set session authorization plain_writer; {sql}");
    vec![
        bad("alert_delivery", "alert_delivery_sink_known", sent.replace("'webhook'", "'pager'")),
        bad("alert_delivery", "alert_delivery_texts_short", sent.replace("nr) values ('x', 1, 'webhook', 0)", "nr, said) values ('x', 1, 'webhook', 0, repeat('s', 100001))")),
        bad("alert_delivery", "alert_delivery_counts_from_zero", sent.replace("'webhook', 0", "'webhook', -1")),
        bad("alert_delivery", "alert_delivery_event_exists", sent.replace("('x', 1, 'webhook'", "('x', 2, 'webhook'")),
        bad("alert_delivery", "alert_delivery_once", format!("{sent}; insert into alert_delivery (alert, seq, sink, nr) values ('x', 1, 'webhook', 0)")),
        guarded("alert_delivery", "alert_delivery_seal", "login_is_intake", &format!("{fired}; insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('plain_writer', 'agent', true, 'recourse'); {}", sly("insert into alert_delivery (alert, seq, sink, nr) values ('x', 1, 'webhook', 0)"))),
        append_only("alert_delivery", &format!("{sent}; delete from alert_delivery")),
        not_emptied("alert_delivery", "truncate alert_delivery"),
        bad("drift", "drift_unique", format!("{drift}; {drift}")),
        bad("drift", "drift_order_exists", drift.replace("tamara:approved", "tamara:nobody")),
        bad("drift", "drift_class_known", drift.replace("'ahead'", "'above'")),
        bad("seen", "seen_order_once", format!("{seen}; {seen}")),
        with(bad("seen", "seen_order_exists", seen.replace("tamara:approved", "tamara:nobody")), "alter table drift drop constraint drift_order_exists"),
        bad("seen", "seen_outlived_before_reading", seen.replace("status)", "status, outlived)").replace("'approved')", "'approved', now() + interval '1 day')")),
        bad("seen", "seen_ways_listed", seen.replace("status)", "status, ways)").replace("'approved')", "'approved', '{}')")),
        guarded("seen", "seen_server", "login_is_intake", &format!("insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('plain_writer', 'agent', true, 'recourse'); {}", sly(seen))),
        bad("evidence", "evidence_captured_not_negative", sums.replace("'SAR', 1", "'SAR', -1")),
        bad("evidence", "evidence_canceled_not_negative", sums.replace("1, 2, 3", "1, -2, 3")),
        bad("evidence", "evidence_refunded_not_negative", sums.replace("1, 2, 3", "1, 2, -3")),
        bad("evidence", "evidence_sums_have_currency", sums.replace("'SAR', 1", "null, 1")),
        bad("evidence", "evidence_sums_observed", sums.replace("'observed', 'approved'", "'absent', null")),
        bad("merchant_token", "merchant_token_unique", format!("{token}; {token}")),
        bad("merchant_token", "merchant_token_order_exists", token.replace("tamara:approved", "tamara:nobody")),
        bad("evidence", "evidence_order_exists", tried.replace("tamara:approved", "tamara:nobody")),
        bad("evidence", "evidence_kind_known", "insert into evidence (order_id, kind, happened_at, recorder) values ('tamara:approved', 'heard', now(), 'recourse')".to_owned()),
        bad("evidence", "evidence_attempt_has_result", tried.replace("'409'", "null")),
        bad("evidence", "evidence_observation_has_status", asked.replace("'approved', now()", "null, now()")),
        with(bad("evidence", "evidence_time_plausible", tried.replace("now()", "'infinity'")), "alter domain moment drop constraint moment_plausible"),
        guarded("evidence", "evidence_seal", "login_acts_for_itself", &sly(tried)),
        append_only("evidence", &format!("{tried}; delete from evidence")),
        not_emptied("evidence", "truncate evidence"),
        bad("watch_sum", "watch_sum_unique", format!("{sum}; {sum}")),
        bad("alert_event", "alert_event_has_name", fired.replace("'x'", "''")),
        bad("alert_event", "alert_event_known", fired.replace("'fired'", "'rang'")),
        bad("alert_event", "alert_event_severity_known", fired.replace("'warning'", "'bad'")),
        with(bad("alert_event", "alert_event_unique", format!("{fired}; {fired}")), "drop trigger alert_event_seal on alert_event"),
        guarded("alert_event", "alert_event_seal", "alert_event_unique", &fired.replace("'x', 1", "'x', 2")),
        bad("alert_event", "alert_event_acknowledged_with_reason", noted.replace("'known'", "' '")),
        bad("heartbeat", "heartbeat_every_day", beat.replace("30", "-1")),
        bad("heartbeat", "heartbeat_worker_short", beat.replacen("'clock'", "repeat('x', 201)", 1)),
        with(bad("alert_event", "alert_event_times_plausible", noted.replace("now() + interval '1 hour'", "'infinity'")), "drop trigger alert_event_seal on alert_event"),
        bad("alert_event", "alert_event_texts_short", noted.replacen("'x'", "repeat('x', 2001)", 1)),
        bad("alert_event", "alert_event_ends_later", noted.replace("now() + interval '1 hour'", "now()")),
        guarded("alert_event", "alert_event_seal", "login_acts_for_itself", &sly(fired)),
        append_only("alert_event", &format!("{fired}; update alert_event set said = 'other'")),
        with(not_emptied("alert_event", "truncate alert_event cascade"), EMPTIED),
        bad("heartbeat", "heartbeat_worker_unique", format!("{beat}; {beat}")),
        guarded("heartbeat", "heartbeat_seal", "login_acts_for_itself", &sly(beat)),
        bad("runbook_tick", "runbook_tick_order_exists", tick.replace("tamara:approved", "tamara:nobody")),
        bad("runbook_tick", "runbook_tick_names_step", tick.replace("look-there", "Hauwa 0803")),
        guarded("runbook_tick", "runbook_tick_seal", "login_acts_for_itself", &sly(tick)),
        append_only("runbook_tick", &format!("{tick}; delete from runbook_tick")),
        not_emptied("runbook_tick", "truncate runbook_tick"),
    ]
}

#[rustfmt::skip]
pub fn of_plans() -> Vec<Bad> {
    let plan = "insert into plan (title, needs_approval, rate, stop_after, orders, made_by) values ('p', false, 10, 5, 1, 'recourse')";
    let number = "(select max(number) from plan)";
    let made = |row: &str| format!("{plan}; insert into plan_row (plan, place, order_id, version, follow, amount) values ({number}, {row})");
    let row = "1, 'tamara:approved', 2, 'capture', 1";
    let event = |sql: &str| format!("{}; {sql}", made(row));
    let made_of_two = |row: &str| made(row).replace("5, 1, 'recourse')", "5, 2, 'recourse')");
    let told = format!("insert into inbox (person, what, plan, seq, recorder, at) values ('ada', 'plan_finished', {number}, 1, '', now())");
    let started = format!("insert into plan_event (plan, seq, what, recorder) values ({number}, 1, 'started', 'recourse')");
    let result = format!("insert into plan_result (plan, place, order_id, outcome, recorder) values ({number}, 1, 'tamara:approved', 'refused', 'recourse')");
    let moved = |outcome: &str, seq: i32| result.replace("outcome, recorder", "outcome, seq, recorder").replace("'refused'", &format!("'{outcome}', {seq}"));
    let ran = |sql: &str| event(&format!("{started}; {sql}"));
    let needs = made(row).replace("false", "true");
    let approved = "insert into plan_event (plan, seq, what, recorder) values ((select max(number) from plan), 1, 'approved', 'recourse')";
    let sly = |sql: &str| format!("set session authorization plain_writer; {sql}");
    vec![
        bad("plan", "plan_has_title", plan.replace("'p'", "' '")),
        bad("plan", "plan_title_short", plan.replace("'p'", "repeat('p', 2001)")),
        bad("plan", "plan_rate_in_range", plan.replace("10, 5", "-1, 5")),
        bad("plan", "plan_stops_after_failures", plan.replace("10, 5", "10, 0")),
        bad("plan", "plan_has_orders", plan.replace("10, 5, 1", "10, 5, 0")),
        bad("plan", "plan_request_has_digest", plan.replace("made_by)", "made_by, request_id)").replace("'recourse')", "'recourse', gen_random_uuid())")),
        bad("plan", "plan_request_unique", [plan, plan].map(|plan| plan.replace("made_by)", "made_by, request_id, request_digest)").replace("'recourse')", "'recourse', '00000000-0000-0000-0000-000000000001', '\\x00')")).join("; ")),
        guarded("plan", "plan_begin", "login_acts_for_itself", &sly(plan)),
        guarded("plan", "plan_has_its_rows", "plan_has_its_rows", &format!("{plan}; set constraints all immediate")),
        append_only("plan", &format!("{plan}; update plan set title = 'other'")),
        with(not_emptied("plan", "truncate plan cascade"), EMPTIED),
        bad("plan_row", "plan_row_plan_exists", "alter table plan_row disable trigger plan_row_begin; insert into plan_row (plan, place, order_id, version) values (99, 1, 'tamara:approved', 2)".to_owned()),
        with(guarded("plan_row", "plan_row_begin", "plan_row_with_its_plan", "insert into plan_row (plan, place, order_id, version) values (99, 1, 'tamara:approved', 2)"), "alter table plan_row drop constraint plan_row_plan_exists"),
        guarded("plan_row", "plan_row_begin", "plan_row_within_plan", &made("2, 'tamara:approved', 2, null, null")),
        bad("plan_row", "plan_row_order_exists", made("1, 'tamara:nobody', 2, null, null")),
        bad("plan_row", "plan_row_follow_known", made("1, 'tamara:approved', 2, 'refund', 1")),
        bad("plan_row", "plan_row_amount_positive", made("1, 'tamara:approved', 2, 'capture', 0")),
        bad("plan_row", "plan_row_follow_has_amount", made("1, 'tamara:approved', 2, 'capture', null")),
        bad("plan_row", "plan_row_place_unique", made("1, 'tamara:approved', 2, null, null), ((select max(number) from plan), 1, 'tamara:new', 1, null, null")),
        bad("plan_row", "plan_row_order_unique", made_of_two("1, 'tamara:approved', 2, null, null), ((select max(number) from plan), 2, 'tamara:approved', 2, null, null")),
        append_only("plan_row", &event("delete from plan_row")),
        with(not_emptied("plan_row", "truncate plan_row cascade"), EMPTIED),
        bad("plan_event", "plan_event_why_short", event(&started.replace("what, recorder)", "what, recorder, why)").replace("'recourse')", "'recourse', repeat('w', 20001))"))),
        bad("plan_event", "plan_event_known", event(&started.replace("'started'", "'forgotten'"))),
        guarded("plan_event", "plan_event_seal", "plan_event_unique", &event(&started.replace("1, 'started'", "2, 'started'"))),
        guarded("plan_event", "plan_event_seal", "plan_event_not_after_end", &event(&format!("{}; {}", started.replace("started", "withdrawn"), started.replace("1, 'started'", "2, 'started'")))),
        guarded("plan_event", "plan_event_seal", "role_permits",
            &format!("insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('maker', 'ops', true, 'recourse'); {}; {}", needs.replace("5, 1, 'recourse')", "5, 1, 'maker')"), approved.replace("'recourse'", "'zoe'"))),
        guarded("plan_event", "plan_event_seal", "plan_event_approved_by_other", &format!("{needs}; {approved}")),
        guarded("plan_event", "plan_event_seal", "plan_event_approved_before_start", &format!("{needs}; {started}")),
        guarded("plan_event", "plan_event_seal", "login_acts_for_itself", &event(&sly("insert into plan_event (plan, seq, what, recorder) values ((select max(number) from plan), 1, 'started', 'recourse')"))),
        append_only("plan_event", &ran("delete from plan_event")),
        with(not_emptied("plan_event", "truncate plan_event cascade"), EMPTIED),
        bad("inbox", "inbox_plan_event_exists", ran("insert into inbox (person, what, plan, seq, recorder, at) values ('ada', 'plan_finished', 99, 1, '', now())")),
        bad("inbox", "inbox_plan_once", ran(&format!("{told}; {told}"))),
        guarded("plan_event", "plan_event_seal", "plan_event_approves_waiting",
            &event(&approved.replace("'recourse'", "'ada'")).replace("5, 1, 'recourse')", "5, 1, 'maker')")),
        guarded("plan_event", "plan_event_seal", "plan_event_finished_with_all_rows", &ran(&started.replace("1, 'started'", "2, 'finished'"))),
        bad("plan_event", "plan_event_seq_from_one", event(&format!("alter table plan_event disable trigger plan_event_seal; {}", started.replace("1, 'started'", "0, 'started'")))),
        with(bad("plan_event", "plan_event_plan_exists", started.replace(number, "99")), "alter table plan_event disable trigger plan_event_seal"),
        with(guarded("plan_event", "plan_event_seal", "plan_event_plan_exists", &started.replace(number, "99")), "alter table plan_event drop constraint plan_event_plan_exists"),
        bad("plan_result", "plan_result_outcome_known", ran(&result.replace("'refused'", "'lost'"))),
        bad("plan_result", "plan_result_moved_if_accepted", ran(&moved("refused", 2))),
        bad("plan_result", "plan_result_message_short", ran(&result.replace("outcome, recorder", "outcome, message, recorder").replace("'refused'", "'refused', repeat('m', 20001)"))),
        bad("plan_result", "plan_result_unique", ran(&format!("{result}; {result}"))),
        bad("plan_result", "plan_result_row_exists", ran(&result.replace("tamara:approved", "tamara:new"))),
        bad("plan_result", "plan_result_transition_exists", ran(&format!("alter table plan_result disable trigger plan_result_seal; {}", moved("accepted", 9)))),
        guarded("plan_result", "plan_result_seal", "plan_result_transition_by_plan", &ran(&moved("accepted", 2))),
        guarded("plan_result", "plan_result_seal", "plan_result_plan_running", &event(&result)),
        guarded("plan_result", "plan_result_seal", "login_acts_for_itself", &ran(&sly(&result))),
        append_only("plan_result", &ran(&format!("{result}; delete from plan_result"))),
        not_emptied("plan_result", "truncate plan_result"),
    ]
}
