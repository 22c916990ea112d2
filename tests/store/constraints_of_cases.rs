//! Every constraint on cases refuses a bad write by name, and is needed.

use super::constraints::{Bad, EMPTIED, bad, guarded, moved, with};

const CASE: &str = "'atarapay:disputed', 1";
const NEXT: &str = "(select seq + 1 from dispute_case where order_id = 'atarapay:disputed')";
const LAST: &str = "(select seq from dispute_case where order_id = 'atarapay:disputed')";
const UNGUARDED: &str = "alter table case_event disable trigger case_event_seal";
const SLY: &str = "set session authorization plain_writer";
const SEAL: &str = "drop trigger case_event_seal on case_event";
const PROJECT: &str = "alter table payout_event disable trigger payout_event_project";

/// The SQL for the next event of an unclaimed case in work.
fn event(what: &str, columns: &str, values: &str) -> String {
    format!(
        "insert into case_event (order_id, number, seq, what, recorder{columns}) values ({CASE}, {NEXT}, '{what}', 'recourse'{values})"
    )
}

/// The SQL for a row that belongs to the last event.
fn of_last(table: &str, columns: &str, values: &str) -> String {
    format!("insert into {table} (order_id, number, seq, {columns}) values ({CASE}, {LAST}, {values})")
}

fn after(first: &str, then: &str) -> String {
    format!("{first}; {then}")
}

/// Bad writes for the two guards that every log has.
fn kept(table: &'static str, filled: &str) -> [Bad; 2] {
    let name: String = format!("{table}s");
    let change = format!("{filled}; delete from {table}");
    [
        guarded(table, &format!("{name}_stay"), "the_log_is_append_only", &change),
        with(
            guarded(
                table,
                &format!("{name}_are_never_emptied"),
                "the_log_is_append_only",
                &format!("truncate {table} cascade"),
            ),
            EMPTIED,
        ),
    ]
}

pub fn of_cases() -> Vec<Bad> {
    let lists = [
        of_the_case(),
        of_events(),
        of_words(),
        of_files(),
        of_proposals(),
        of_decisions(),
        of_payouts(),
        of_the_desk(),
    ];
    lists.into_iter().flatten().collect()
}

#[rustfmt::skip]
fn of_the_case() -> Vec<Bad> {
    let t = "dispute_case";
    let case = |order: &str, number: i32, columns: &str, values: &str| format!(
        "insert into dispute_case (order_id, number, currency, amount, opened_at, opened_by{columns}) values ('{order}', {number}, 'NGN', 30000, now(), 'x'{values})");
    let new = |columns: &str, values: &str| case("atarapay:pending", 1, columns, values);
    let mut all = vec![
        bad(t, "a_case_is_of_an_order", case("atarapay:nobody", 1, "", "")),
        bad(t, "cases_count_from_one", case("atarapay:pending", 0, "", "")),
        bad(t, "a_stage_is_known", new(", stage", ", 'lost'")),
        bad(t, "only_a_party_is_waited_for", new(", waiting", ", 'courier'")),
        bad(t, "a_claim_is_within_the_order", new(", claimed", ", 30001")),
        bad(t, "a_case_has_one_number", case("atarapay:disputed", 1, ", stage", ", 'closed'")),
        bad(t, "a_lease_has_its_owner", new(", lease_until", ", now()")),
        Bad { constraint: "an_order_has_one_open_case", sql: case("atarapay:disputed", 2, "", ""), drop: "drop index an_order_has_one_open_case".to_owned(), and_drop: "" },
        bad("case_rule", "a_case_rule_stands_once", "insert into case_rule values ('noted', '{}', 'any', false)".to_owned()),
    ];
    let [stay, emptied] = kept(t, &new("", ""));
    // Only a row without references can be deleted.
    all.extend([Bad { sql: format!("{} where order_id = 'atarapay:pending'", stay.sql), ..stay }, emptied]);
    all
}

#[rustfmt::skip]
fn of_events() -> Vec<Bad> {
    let t = "case_event";
    let done = |what: &str| event(what, "", "");
    let words = |what: &str| event(what, ", words", ", 'w'");
    let raw = |sql: String| after(UNGUARDED, &sql);
    let at = |order: &str, what: &str| event(what, "", "").replace("atarapay:disputed", order);
    let request = event("claimed", ", request_id, request_digest", ", '00000000-0000-0000-0000-000000000001', ''");
    let by = |person: &str, sql: String| sql.replace("'recourse'", &format!("'{person}'"));
    let mut all = vec![
        bad(t, "a_case_goes_on_once_per_event", raw(done("claimed").replace(NEXT, "1"))),
        guarded(t, "case_event_seal", "a_case_goes_on_once_per_event", &done("claimed").replace(NEXT, "99")),
        with(bad(t, "an_event_is_of_a_case", at("atarapay:pending", "claimed").replace("(select seq + 1 from dispute_case where order_id = 'atarapay:pending')", "1")), SEAL),
        bad(t, "what_happens_to_a_case_is_known", raw(done("lost"))),
        bad(t, "a_party_is_buyer_or_seller", event("messaged", ", party", ", 'courier'")),
        bad(t, "what_is_said_is_said_to_a_party", event("noted", ", party", ", 'buyer'")),
        bad(t, "taking_says_why", done("resumed")),
        bad(t, "a_case_is_handed_to_somebody", raw(event("handed_over", ", words, person", ", 'w', ' '"))),
        bad(t, "a_case_request_has_its_digest", event("claimed", ", request_digest", ", ''")),
        Bad { constraint: "a_case_request_is_recorded_once", sql: after(&request, &request.replace("'claimed'", "'released'")), drop: "drop index a_case_request_is_recorded_once".to_owned(), and_drop: "" },
        guarded(t, "case_event_seal", "a_person_speaks_for_themselves", &after(SLY, &done("claimed"))),
        guarded(t, "case_event_seal", "only_what_is_done_is_written", &done("decided")),
        guarded(t, "case_event_seal", "a_case_is_worked_on_in_order", &at("atarapay:dispute_resolved", "classified")),
        guarded(t, "case_event_seal", "a_case_is_in_one_hand", &done("released")),
        guarded(t, "case_event_seal", "a_case_is_in_one_hand", &after(&by("ada", done("claimed")), &done("claimed"))),
        guarded(t, "case_event_seal", "nobody_rejects_their_own_decision", &after(&done("proposed"), &words("rejected"))),
        guarded(t, "case_event_seal", "a_proposal_is_taken_back_by_who_made_it", &after(&done("proposed"), &by("ada", done("retracted")))),
        guarded(t, "case_event_seal", "a_dispute_is_closed_by_its_order", &done("closed")),
        guarded(t, "case_event_whole", "an_event_has_what_it_says", &after(&done("noted"), "set constraints all immediate")),
    ];
    all.extend(kept(t, ""));
    all
}

#[rustfmt::skip]
fn of_words() -> Vec<Bad> {
    let noted = |columns: &str, values: &str| after(&event("noted", "", ""), &of_last("case_note", columns, values));
    let note = of_last("case_note", "body", "'b'");
    let messaged = |columns: &str, values: &str| after(&event("messaged", ", party", ", 'buyer'"), &of_last("case_message", columns, values));
    let message = of_last("case_message", "what, body", "'messaged', 'b'");
    let mut all = vec![
        bad("case_note", "a_note_is_a_note", after(&event("messaged", ", party", ", 'buyer'"), &of_last("case_note", "what, body", "'messaged', 'b'"))),
        bad("case_note", "a_note_says_something", noted("body", "' '")),
        bad("case_note", "a_note_stands_once", after(&noted("body", "'b'"), &note)),
        bad("case_note", "a_note_is_an_event", after(&event("claimed", "", ""), &note)),
        bad("case_message", "a_message_is_a_message", after(&event("noted", "", ""), &of_last("case_message", "what, body", "'noted', 'b'"))),
        bad("case_message", "a_message_says_something", messaged("what, body", "'messaged', ' '")),
        bad("case_message", "a_message_stands_once", after(&messaged("what, body", "'messaged', 'b'"), &message)),
        bad("case_message", "a_message_is_an_event", after(&event("claimed", "", ""), &message)),
    ];
    all.extend(kept("case_note", &noted("body", "'b'")));
    all.extend(kept("case_message", &messaged("what, body", "'messaged', 'b'")));
    all
}

#[rustfmt::skip]
fn of_files() -> Vec<Bad> {
    let t = "case_file";
    let file = |name: &str, size: i32, digest: &str, content: &str| of_last(t, "name, kind, facts, size, digest, content",
        &format!("'{name}', 'text/plain', '', {size}, {digest}, '{content}'"));
    let good = file("a", 1, "sha256('b')", "b");
    let attached = |sql: &str| after(&event("attached", "", ""), sql);
    let mut all = vec![
        bad(t, "a_file_is_a_file", after(&event("noted", "", ""), &good.replace("seq, name", "seq, what, name").replace("'a', 'text", "'noted', 'a', 'text"))),
        bad(t, "a_file_has_a_name", attached(&file("a/b", 1, "sha256('b')", "b"))),
        bad(t, "a_file_stands_once", attached(&after(&good, &good))),
        bad(t, "a_file_is_an_event", after(&event("claimed", "", ""), &good)),
        bad(t, "a_file_is_as_long_as_it_says", attached(&file("a", 2, "sha256('b')", "b"))),
        bad(t, "a_file_is_not_too_large", attached(&file("a", 0, "sha256('')", ""))),
        bad(t, "a_file_has_its_digest", attached(&file("a", 1, "sha256('c')", "b"))),
    ];
    all.extend(kept(t, &attached(&good)));
    all
}

#[rustfmt::skip]
fn of_proposals() -> Vec<Bad> {
    let t = "case_proposal";
    let said = |version: &str, total: i64, parts: &str, words: &str| of_last(t, "order_version, total, to_seller, to_buyer, reason, rationale, say_seller, say_buyer",
        &format!("{version}, {total}, {parts}, {words}"));
    let now = "(select version from orders where id = 'atarapay:disputed')";
    let words = "'other', 'r', 's', 'b'";
    let good = said(now, 30_000, "30000, 0", words);
    let proposed = |sql: &str| after(&event("proposed", "", ""), sql);
    let with_words = |words: &str| proposed(&said(now, 30_000, "30000, 0", words));
    let mut all = vec![
        bad(t, "a_proposal_is_a_proposal", after(&event("noted", "", ""), &good.replace("seq, order_version", "seq, what, order_version").replace(&format!("{LAST}, {now}"), &format!("{LAST}, 'noted', {now}")))),
        bad(t, "a_proposal_stands_once", proposed(&after(&good, &good))),
        bad(t, "a_proposal_is_an_event", after(&event("claimed", "", ""), &good)),
        bad(t, "what_is_proposed_sums_to_the_held_amount", proposed(&said(now, 30_000, "30000, 1", words))),
        guarded(t, "case_proposal_seal", "what_is_proposed_sums_to_the_held_amount", &proposed(&said(now, 29_999, "29999, 0", words))),
        guarded(t, "case_proposal_seal", "only_what_is_disputed_is_decided", &proposed(&said("1", 30_000, "30000, 0", words))),
        bad(t, "a_decision_has_a_reason", with_words("' ', 'r', 's', 'b'")),
        bad(t, "a_decision_says_why", with_words("'other', ' ', 's', 'b'")),
        bad(t, "the_seller_is_told", with_words("'other', 'r', ' ', 'b'")),
        bad(t, "the_buyer_is_told", with_words("'other', 'r', 's', ' '")),
    ];
    all.extend(kept(t, &proposed(&good)));
    all
}

#[rustfmt::skip]
fn of_decisions() -> Vec<Bad> {
    let t = "decision";
    let decided = |order: &str, place: &str, basis: &str, parts: &str, columns: &str, values: &str| format!(
        "insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, decided_by, decided_login, decided_at{columns})
         values ('atarapay:{order}', {place}, '{basis}', 'NGN', 30000, {parts}, 'x', 'x', now(){values})");
    let good = decided("disputed", "1, 1", "settled", "30000, 0", "", "");
    let settle = |order: &str, source: &str| moved(order, "settle", "dispute_manager", "dispute_resolved",
        &[("to_seller", "30000"), ("to_buyer", "0"), ("outcome", "'pay_seller'"), ("source", source), ("note", "'n'")]);
    let limit = "alter table desk_policy disable trigger policies_stay; update desk_policy set body = jsonb_set(body, '{limits,NGN}', '1')";
    let complete = moved("atarapay:dispute_resolved", "complete", "provider", "completed", &[("reference", "'r'")]);
    let approvers = |proposed: [&str; 2], approved: [&str; 2]| decided("disputed", "1, 1", "settled", "30000, 0", ", proposed_by, proposed_login, approved_by, approved_login",
        &format!(", '{}', '{}', '{}', '{}'", proposed[0], proposed[1], approved[0], approved[1]));
    let mut all = vec![
        bad(t, "a_dispute_is_decided_once", decided("dispute_resolved", "1, 1", "settled", "30000, 0", "", "")),
        bad(t, "a_basis_of_a_decision_is_known", decided("disputed", "1, 1", "guessed", "30000, 0", "", "")),
        bad(t, "what_is_decided_sums_to_the_held_amount", decided("disputed", "1, 1", "settled", "30000, 1", "", "")),
        bad(t, "a_decision_is_of_a_case", decided("disputed", "9, 1", "settled", "30000, 0", "", "")),
        bad(t, "a_decision_is_a_transition", decided("disputed", "1, 99", "settled", "30000, 0", "", "")),
        bad(t, "nobody_approves_their_own_decision", approvers(["ada", "app"], ["ada", "app"])),
        // Nor under another name: here `ada` is connected as herself and approves as `ben`.
        bad(t, "nobody_approves_their_own_decision", approvers(["ada", "ada"], ["ben", "ada"])),
        guarded("transition", "transition_then_case", "a_large_decision_is_approved", &after(limit, &settle("atarapay:disputed", "'console'"))),
        guarded("transition", "completion_is_paid", "an_order_is_completed_when_its_money_moved",
            &after("alter table transition disable trigger transition_then_case", &after(&complete, "set constraints all immediate"))),
    ];
    all.extend(kept(t, &good));
    let last = all.len() - 2;
    all[last].sql = format!("{} where order_id = 'atarapay:disputed'", all[last].sql);
    all
}

#[rustfmt::skip]
fn of_payouts() -> Vec<Bad> {
    let t = "payout";
    let decided = "insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, decided_by, decided_login, decided_at)
         values ('atarapay:disputed', 1, 1, 'settled', 'NGN', 30000, 30000, 0, 'x', 'x', now())";
    let owed = |order: &str, party: &str, amount: i64, columns: &str, values: &str| format!(
        "insert into payout (order_id, party, currency, amount{columns}) values ('atarapay:{order}', '{party}', 'NGN', {amount}{values})");
    let new = |party: &str, amount: i64, columns: &str, values: &str| after(decided, &owed("disputed", party, amount, columns, values));
    let e = "payout_event";
    let paid = |order: &str, seq: i32, what: &str, columns: &str, values: &str| format!(
        "insert into payout_event (order_id, party, seq, what, recorder{columns}) values ('atarapay:{order}', 'seller', {seq}, '{what}', 'recourse'{values})");
    let event = |seq: i32, what: &str, columns: &str, values: &str| paid("dispute_resolved", seq, what, columns, values);
    let confirmed = event(1, "confirmed", ", reference", ", 'r'");
    let request = ", '00000000-0000-0000-0000-000000000001'";
    let mut all = vec![
        bad(t, "a_payout_is_of_a_decision", owed("disputed", "seller", 1, "", "")),
        bad(t, "a_payout_is_for_a_party", new("courier", 1, "", "")),
        bad(t, "a_payout_is_more_than_nothing", new("seller", 0, "", "")),
        bad(t, "a_state_of_a_payout_is_known", new("seller", 1, ", state", ", 'lost'")),
        bad(t, "a_party_is_paid_once", owed("dispute_resolved", "seller", 1, "", "")),
        bad(t, "what_is_confirmed_has_its_reference", new("seller", 1, ", state", ", 'confirmed'")),
        with(bad(e, "what_happens_to_a_payout_is_known", event(1, "lost", "", "")), PROJECT),
        with(bad(e, "a_payout_goes_on_once_per_event", format!("alter table payout_event disable trigger payout_event_seal; {PROJECT}; {0}; {0}", event(1, "sent", "", ""))), ""),
        guarded(e, "payout_event_seal", "a_payout_goes_on_once_per_event", &event(5, "sent", "", "")),
        with(bad(e, "a_payout_event_is_of_a_payout", paid("pending", 1, "sent", "", "")), "drop trigger payout_event_seal on payout_event"),
        with(bad(e, "a_confirmation_has_its_reference", event(1, "confirmed", "", "")), PROJECT),
        bad(e, "a_failure_says_why", event(1, "failed", "", "")),
        Bad { constraint: "a_payout_request_is_recorded_once", drop: "drop index a_payout_request_is_recorded_once".to_owned(), and_drop: "",
            sql: after(&event(1, "sent", ", request_id", request), &event(2, "failed", ", words, request_id", &format!(", 'w'{request}"))) },
        guarded(e, "payout_event_seal", "a_payout_is_confirmed_once", &after(&confirmed, &confirmed.replace("1, 'confirmed'", "2, 'confirmed'"))),
        guarded(e, "payout_event_seal", "a_payout_goes_its_way", &event(1, "reopened", "", "")),
        with(guarded(e, "payout_event_seal", "a_person_speaks_for_themselves", &after(SLY, &event(1, "sent", "", ""))), PROJECT),
    ];
    let [stay, emptied] = kept(t, &new("seller", 1, "", ""));
    all.extend([Bad { sql: format!("{} where order_id = 'atarapay:disputed'", stay.sql), ..stay }, emptied]);
    all.extend(kept(e, &event(1, "sent", "", "")));
    all
}

#[rustfmt::skip]
fn of_the_desk() -> Vec<Bad> {
    let draft = |order: &str| format!("insert into case_draft (order_id, number, person, kind, body) values ('atarapay:{order}', 1, 'recourse', 'note', 'b')");
    let here = format!("insert into case_presence (order_id, number, session, person, editing) values ({CASE}, '00000000-0000-0000-0000-000000000001', 'recourse', false)");
    let policy = |number: i32| format!("insert into desk_policy (number, body, source, recorder) values ({number}, '{{}}', '', 'recourse')");
    let unguarded = "alter table desk_policy disable trigger policy_seal";
    vec![
        bad("case_draft", "a_draft_is_kept_once", after(&draft("disputed"), &draft("disputed"))),
        bad("case_draft", "a_draft_is_of_a_case", draft("pending")),
        guarded("case_draft", "case_draft_seal", "a_person_speaks_for_themselves", &after(SLY, &draft("disputed"))),
        bad("case_presence", "a_session_is_in_a_case_once", after(&here, &here)),
        guarded("case_presence", "case_presence_seal", "a_person_speaks_for_themselves", &after(SLY, &here)),
        bad("desk_policy", "a_policy_has_one_number", after(unguarded, &policy(1))),
        guarded("desk_policy", "policy_seal", "a_policy_has_one_number", &policy(9)),
        guarded("desk_policy", "policy_seal", "only_an_admin_sets_the_policy",
            &after("insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', true, 'recourse')", &policy(2))),
        guarded("desk_policy", "policies_stay", "the_log_is_append_only", "update desk_policy set source = 'other'"),
        guarded("desk_policy", "policies_are_never_emptied", "the_log_is_append_only", "truncate desk_policy"),
    ]
}
