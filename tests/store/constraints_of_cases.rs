//! Every constraint on cases refuses a bad write by name, and is needed.

use super::constraints::{Bad, EMPTIED, append_only, bad, guarded, not_emptied, with};
use super::harness::raw::moved;

const CASE: &str = "'atarapay:disputed', 1";
const NEXT: &str = "(select seq + 1 from dispute_case where order_id = 'atarapay:disputed')";
const LAST: &str = "(select seq from dispute_case where order_id = 'atarapay:disputed')";
const JUDGED: &str = "alter table case_proposal disable trigger case_proposal_seal";
const FOLLOWED: &str = "drop trigger erasure_follow on erasure";
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
    let change = format!("{filled}; delete from {table}");
    [append_only(table, &change), with(not_emptied(table, &format!("truncate {table} cascade")), EMPTIED)]
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
        of_erasures(),
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
        bad(t, "dispute_case_order_exists", case("atarapay:nobody", 1, "", "")),
        bad(t, "dispute_case_number_from_one", case("atarapay:pending", 0, "", "")),
        bad(t, "dispute_case_stage_known", new(", stage", ", 'lost'")),
        bad(t, "dispute_case_waits_for_party", new(", waiting", ", 'courier'")),
        bad(t, "dispute_case_claim_within_order", new(", claimed", ", 30001")),
        bad(t, "dispute_case_trouble_known", new(", trouble", ", 'lost'")),
        bad(t, "dispute_case_unique", case("atarapay:disputed", 1, ", stage", ", 'closed'")),
        bad(t, "dispute_case_buyer_language_known", new(", buyer_language", ", 'fr'")),
        bad(t, "dispute_case_times_plausible", new(", answered_at", ", 'infinity'")),
        bad(t, "dispute_case_clock_known", new(", clock", ", 'zz'")),
        bad(t, "dispute_case_seller_language_known", new(", seller_language", ", 'fr'")),
        bad(t, "dispute_case_lease_has_owner", new(", lease_until", ", now()")),
        Bad { constraint: "dispute_case_one_open", sql: case("atarapay:disputed", 2, "", ""), drop: "drop index dispute_case_one_open".to_owned(), and_drop: "" },
        bad("case_rule", "case_rule_unique", "insert into case_rule values ('noted', '{}', null, 'any', false)".to_owned()),
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
    let told = format!("{}; insert into inbox (person, what, order_id, number, seq, recorder, at) values ('ada', 'taken', {CASE}, 1, '', now())", done("claimed"));
    let again = "insert into inbox (person, what, order_id, number, seq, recorder, at) select person, what, order_id, number, seq, recorder, at from inbox";
    let mut all = vec![
        bad("inbox", "inbox_has_person", told.replace("'ada'", "''")),
        bad("inbox", "inbox_what_known", told.replace("'taken'", "'praised'")),
        bad("inbox", "inbox_about_one", told.replace(&format!("'taken', {CASE}"), "'taken', null, null")),
        bad("inbox", "inbox_case_event_exists", told.replace(", 1, '', now()", ", 99, '', now()")),
        bad("inbox", "inbox_case_once", format!("{told}; {again}")),
        append_only("inbox", &format!("{told}; delete from inbox")),
        not_emptied("inbox", "truncate inbox"),
        guarded("inbox", "inbox_read", "login_acts_for_itself", &format!("{told}; set session authorization plain_writer; update inbox set person = 'x'")),
        bad(t, "case_event_unique", raw(done("claimed").replace(NEXT, "1"))),
        guarded(t, "case_event_seal", "case_event_unique", &done("claimed").replace(NEXT, "99")),
        with(bad(t, "case_event_case_exists", at("atarapay:pending", "claimed").replace("(select seq + 1 from dispute_case where order_id = 'atarapay:pending')", "1")), SEAL),
        bad(t, "case_event_known", raw(done("lost"))),
        bad(t, "case_event_party_known", event("messaged", ", party", ", 'courier'")),
        bad(t, "case_event_party_where_needed", event("noted", ", party", ", 'buyer'")),
        bad(t, "case_event_says_why", event("resumed", ", words", ", ' '")),
        bad(t, "case_event_handed_to_person", raw(event("handed_over", ", words, person", ", 'w', ' '"))),
        bad(t, "case_event_language_known", after("alter table case_event disable trigger case_event_project", &event("language", ", party, item", ", 'buyer', 'fr'"))),
        bad(t, "case_event_clock_known", raw(event("claimed", ", clock", ", 'zz'"))),
        guarded(t, "case_event_seal", "case_event_reason_of_policy", &event("classified", ", reason", ", 'Hauwa.Abubakar/0803'")),
        guarded(t, "case_event_seal", "case_event_item_of_checklist", &event("checked", ", item", ", 'words of my own'")),
        bad(t, "case_event_until_where_snoozed", raw(event("claimed", ", until", ", now()"))),
        guarded(t, "case_event_seal", "case_event_snooze_ahead", &event("snoozed", ", until", ", now() + interval '32 days'")),
        guarded(t, "case_event_seal", "case_event_snooze_ahead", &event("snoozed", ", until", ", now() - interval '1 minute'")),
        bad(t, "case_event_request_has_digest", event("claimed", ", request_digest", ", ''")),
        Bad { constraint: "case_event_request_unique", sql: after(&request, &request.replace("'claimed'", "'released'")), drop: "drop index case_event_request_unique".to_owned(), and_drop: "" },
        guarded(t, "case_event_seal", "login_acts_for_itself", &after(SLY, &done("claimed"))),
        bad(t, "case_event_has_recorder", raw(done("claimed").replace("'recourse'", "''"))),
        guarded(t, "case_event_seal", "case_event_waits_no_longer", &after("update dispute_case set waiting = 'buyer' where order_id = 'atarapay:disputed'", &done("proposed"))),
        guarded(t, "case_event_seal", "case_event_by_person", &done("decided")),
        guarded(t, "case_event_seal", "case_event_in_stage", &at("atarapay:dispute_resolved", "classified")),
        guarded(t, "case_event_seal", "case_event_by_owner", &done("released")),
        guarded(t, "case_event_seal", "case_event_by_owner", &after(&by("ada", done("claimed")), &done("claimed"))),
        guarded(t, "case_event_seal", "case_event_sent_back_by_other", &after(&done("proposed"), &words("rejected"))),
        guarded(t, "case_event_seal", "case_event_withdrawn_by_proposer", &after(&done("proposed"), &by("ada", done("retracted")))),
        guarded(t, "case_event_seal", "case_event_dispute_open", &done("closed")),
        guarded(t, "case_event_whole", "case_event_has_content", &after(&done("noted"), "set constraints all immediate")),
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
        bad("case_note", "case_note_kind", after(&event("messaged", ", party", ", 'buyer'"), &of_last("case_note", "what, body", "'messaged', 'b'"))),
        bad("case_note", "case_note_short", noted("body", "repeat('x', 20001)")),
        bad("case_message", "case_message_short", messaged("what, body", "'messaged', repeat('x', 20001)")),
        bad("case_event", "case_event_reason_is_code", after(UNGUARDED, &event("claimed", ", reason", ", 'Ngozi shouted'"))),
        bad("case_event", "case_event_words_short", event("claimed", ", words", ", repeat('x', 20101)")),
        bad("case_note", "case_note_not_empty", noted("body", "' '")),
        guarded("case_note", "case_note_has_body", "case_note_not_empty", &noted("body", "null")),
        guarded("case_message", "case_message_has_body", "case_message_not_empty", &messaged("what, body", "'messaged', null")),
        bad("case_note", "case_note_unique", after(&noted("body", "'b'"), &note)),
        bad("case_note", "case_note_event_exists", after(&event("claimed", "", ""), &note)),
        bad("case_message", "case_message_kind", after(&event("noted", "", ""), &of_last("case_message", "what, body", "'noted', 'b'"))),
        bad("case_message", "case_message_not_empty", messaged("what, body", "'messaged', ' '")),
        bad("case_message", "case_message_unique", after(&messaged("what, body", "'messaged', 'b'"), &message)),
        bad("case_message", "case_message_event_exists", after(&event("claimed", "", ""), &message)),
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
        bad(t, "case_file_kind", after(&event("noted", "", ""), &good.replace("seq, name", "seq, what, name").replace("'a', 'text", "'noted', 'a', 'text"))),
        bad(t, "case_file_facts_short", attached(&good.replace("'text/plain', ''", "'text/plain', repeat('f', 2001)"))),
        bad(t, "case_file_kind_is_media_type", attached(&good.replace("'text/plain'", "'Hauwa Abubakar 0803'"))),
        bad(t, "case_file_has_name", attached(&file("a/b", 1, "sha256('b')", "b"))),
        bad(t, "case_file_unique", attached(&after(&good, &good))),
        bad(t, "case_file_event_exists", after(&event("claimed", "", ""), &good)),
        bad(t, "case_file_size_of_content", attached(&file("a", 2, "sha256('b')", "b"))),
        bad(t, "case_file_within_limit", attached(&file("a", 0, "sha256('')", ""))),
        bad(t, "case_file_digest_of_content", attached(&file("a", 1, "sha256('c')", "b"))),
        guarded(t, "case_file_is_whole", "case_file_digest_of_content", &attached(&file("a", 1, "null", "b").replace("'b')", "null)"))),
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
        bad(t, "case_proposal_kind", after(&event("noted", "", ""), &good.replace("seq, order_version", "seq, what, order_version").replace(&format!("{LAST}, {now}"), &format!("{LAST}, 'noted', {now}")))),
        bad(t, "case_proposal_unique", proposed(&after(&good, &good))),
        bad(t, "case_proposal_event_exists", after(&event("claimed", "", ""), &good)),
        bad(t, "case_proposal_sums_to_held", proposed(&said(now, 30_000, "30000, 1", words))),
        guarded(t, "case_proposal_seal", "case_proposal_sums_to_held", &proposed(&said(now, 29_999, "29999, 0", words))),
        guarded(t, "case_proposal_seal", "case_proposal_order_disputed", &proposed(&said("1", 30_000, "30000, 0", words))),
        bad(t, "case_proposal_reason_is_code", after(JUDGED, &with_words("' ', 'r', 's', 'b'"))),
        bad(t, "case_proposal_reason_is_code", after(JUDGED, &with_words("'Ngozi shouted', 'r', 's', 'b'"))),
        bad(t, "case_proposal_has_rationale", with_words("'other', ' ', 's', 'b'")),
        guarded(t, "case_proposal_has_words", "case_proposal_has_rationale", &with_words("'other', null, 's', 'b'")),
        guarded(t, "case_proposal_has_words", "case_proposal_has_rationale", &with_words("'other', 'r', 's', null")),
        bad(t, "case_proposal_has_seller_text", with_words("'other', 'r', ' ', 'b'")),
        bad(t, "case_proposal_texts_short", with_words("'other', 'r', repeat('x', 30000), repeat('x', 30001)")),
        bad(t, "case_proposal_has_buyer_text", with_words("'other', 'r', 's', ' '")),
    ];
    all.extend(kept(t, &proposed(&good)));
    all
}

#[rustfmt::skip]
fn of_decisions() -> Vec<Bad> {
    let t = "decision";
    let decided = |order: &str, place: &str, basis: &str, parts: &str, columns: &str, values: &str| format!(
        "insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, decided_actor, decided_by, decided_login, decided_at{columns})
         values ('atarapay:{order}', {place}, '{basis}', 'NGN', 30000, {parts}, 'dispute_manager', 'x', 'x', now(){values})");
    let good = decided("disputed", "1, 1", "settled", "30000, 0", "", "");
    let settle = |order: &str, source: &str| moved(order, "settle", "dispute_manager", "dispute_resolved",
        &[("to_seller", "30000"), ("to_buyer", "0"), ("outcome", "'pay_seller'"), ("source", source), ("note", "'n'")]);
    let limit = "alter table desk_policy disable trigger desk_policy_append_only; update desk_policy set body = jsonb_set(body, '{limits,NGN}', '1')";
    let complete = moved("atarapay:dispute_resolved", "complete", "provider", "completed", &[("reference", "'r'")]);
    let approvers = |proposed: [&str; 2], approved: [&str; 2]| decided("disputed", "1, 1", "settled", "30000, 0", ", proposed_by, proposed_login, approved_by, approved_login",
        &format!(", '{}', '{}', '{}', '{}'", proposed[0], proposed[1], approved[0], approved[1]));
    let mut all = vec![
        bad(t, "decision_unique", decided("dispute_resolved", "1, 1", "settled", "30000, 0", "", "")),
        bad(t, "decision_basis_known", decided("disputed", "1, 1", "guessed", "30000, 0", "", "")),
        bad(t, "decision_sums_to_held", decided("disputed", "1, 1", "settled", "30000, 1", "", "")),
        bad(t, "decision_case_exists", decided("disputed", "9, 1", "settled", "30000, 0", "", "")),
        bad(t, "decision_transition_exists", decided("disputed", "1, 99", "settled", "30000, 0", "", "")),
        bad(t, "decision_approved_by_other", approvers(["ada", "app"], ["ada", "app"])),
        // Nor under another name: here `ada` is connected as herself and approves as `ben`.
        bad(t, "decision_approved_by_other", approvers(["ada", "ada"], ["ben", "ada"])),
        guarded("transition", "transition_then_case", "decision_above_limit_approved", &after(limit, &settle("atarapay:disputed", "'console'"))),
        guarded("transition", "transition_then_case", "decision_through_case", &settle("atarapay:disputed", "'console'")),
        guarded("case_event", "dispute_has_open_case", "dispute_has_open_case", &closed_meanwhile()),
        guarded("transition", "completion_is_paid", "payout_complete_before_order",
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
    let decided = "insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, decided_actor, decided_by, decided_login, decided_at)
         values ('atarapay:disputed', 1, 1, 'settled', 'NGN', 30000, 30000, 0, 'dispute_manager', 'x', 'x', now())";
    let owed = |order: &str, party: &str, amount: i64, columns: &str, values: &str| format!(
        "insert into payout (order_id, party, currency, amount{columns}) values ('atarapay:{order}', '{party}', 'NGN', {amount}{values})");
    let new = |party: &str, amount: i64, columns: &str, values: &str| after(decided, &owed("disputed", party, amount, columns, values));
    let e = "payout_event";
    let paid = |order: &str, seq: i32, what: &str, columns: &str, values: &str| format!(
        "insert into payout_event (order_id, party, seq, what, recorder{columns}) values ('atarapay:{order}', 'seller', {seq}, '{what}', 'recourse'{values})");
    let event = |seq: i32, what: &str, columns: &str, values: &str| paid("dispute_resolved", seq, what, columns, values);
    let confirmed = event(1, "confirmed", ", reference", ", 'r'");
    let request = ", '00000000-0000-0000-0000-000000000001', ''";
    let mut all = vec![
        bad(t, "payout_decision_exists", owed("disputed", "seller", 1, "", "")),
        bad(t, "payout_party_known", new("courier", 1, "", "")),
        bad(t, "payout_amount_positive", new("seller", 0, "", "")),
        bad(t, "payout_state_known", new("seller", 1, ", state", ", 'lost'")),
        bad(t, "payout_unique", owed("dispute_resolved", "seller", 1, "", "")),
        bad(t, "payout_confirmed_has_reference", new("seller", 1, ", state", ", 'confirmed'")),
        with(bad(e, "payout_event_known", event(1, "lost", "", "")), PROJECT),
        with(bad(e, "payout_event_unique", format!("alter table payout_event disable trigger payout_event_seal; {PROJECT}; {0}; {0}", event(1, "sent", "", ""))), ""),
        guarded(e, "payout_event_seal", "payout_event_unique", &event(5, "sent", "", "")),
        with(bad(e, "payout_event_payout_exists", paid("pending", 1, "sent", "", "")), "drop trigger payout_event_seal on payout_event"),
        with(bad(e, "payout_event_reference_printable", event(1, "confirmed", ", reference, collective", ", E'TRF\\u20101', true")), PROJECT),
        with(bad(e, "payout_event_reference_printable", event(1, "confirmed", ", reference", ", E'TRF-1\\t'")), PROJECT),
        with(bad(e, "payout_event_confirmed_has_reference", event(1, "confirmed", "", "")), PROJECT),
        bad(e, "payout_event_request_has_digest", event(1, "sent", ", request_id", ", '00000000-0000-0000-0000-000000000001'")),
        with(bad(e, "payout_event_texts_short", event(1, "failed", ", words", ", repeat('x', 20101)")), "alter table case_event drop constraint case_event_words_short"),
        bad(e, "payout_event_failed_says_why", event(1, "failed", ", words", ", ' '")),
        Bad { constraint: "payout_event_request_unique", drop: "drop index payout_event_request_unique".to_owned(), and_drop: "",
            sql: after(&event(1, "sent", ", request_id, request_digest", request), &event(2, "failed", ", words, request_id, request_digest", &format!(", 'w'{request}"))) },
        guarded(e, "payout_event_seal", "payout_event_confirmed_once", &after(&confirmed, &confirmed.replace("1, 'confirmed'", "2, 'confirmed'").replace("'r'", "'other'"))),
        Bad { constraint: "payout_event_reference_once", drop: "drop index payout_event_reference_once".to_owned(), and_drop: "",
            sql: after("alter table payout_event disable trigger payout_event_seal", &after(PROJECT, &after(&confirmed, &confirmed.replace("1, 'confirmed'", "2, 'confirmed'").replace("'r'", "' R '")))) },
        guarded(e, "payout_last_completes_order", "payout_last_completes_order", &after(&confirmed, "set constraints all immediate")),
        guarded(e, "payout_event_seal", "payout_event_in_state", &event(1, "reopened", "", "")),
        with(guarded(e, "payout_event_seal", "login_acts_for_itself", &after(SLY, &event(1, "sent", "", ""))), PROJECT),
    ];
    let [stay, emptied] = kept(t, &new("seller", 1, "", ""));
    all.extend([Bad { sql: format!("{} where order_id = 'atarapay:disputed'", stay.sql), ..stay }, emptied]);
    all.extend(kept(e, &event(1, "sent", "", "")));
    all
}

#[rustfmt::skip]
fn of_erasures() -> Vec<Bad> {
    let t = "erasure";
    let row = |order: &str, party: &str, kind: &str, why: &str| format!(
        "insert into erasure (order_id, party, kind, why, recorder) values ('{order}', '{party}', '{kind}', '{why}', 'recourse')");
    let raw = |sql: String| after("alter table erasure disable trigger erasure_seal; alter table erasure disable trigger erasure_follow", &sql);
    let good = row("atarapay:disputed", "buyer", "names", "w");
    let at_once = "insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set(body, '{retention,files}', '0'), '', 'recourse' from desk_policy";
    let mut all = vec![
        bad(t, "erasure_order_exists", raw(row("atarapay:nobody", "buyer", "names", "w"))),
        bad(t, "erasure_party_known", raw(row("atarapay:disputed", "courier", "names", "w"))),
        bad(t, "erasure_kind_known", raw(row("atarapay:disputed", "buyer", "amounts", "w"))),
        bad(t, "erasure_says_why", raw(row("atarapay:disputed", "buyer", "names", " "))),
        bad(t, "erasure_why_short", raw(row("atarapay:disputed", "buyer", "names", &"w".repeat(20001)))),
        bad(t, "erasure_unique", raw(after(&format!("drop trigger a_number on erasure; {}", good.replace("(order_id,", "(id, order_id,").replace("values (", "values (1, ")), "insert into erasure (id, order_id, party, kind, why, recorder) select id, order_id, party, kind, why, recorder from erasure"))),
        with(guarded(t, "erasure_seal", "erasure_after_retention", &good), FOLLOWED),
        guarded(t, "erasure_follow", "erasure_nothing_arrived", &after("alter table erasure disable trigger erasure_seal", &good)),
        guarded(t, "erasure_seal", "erasure_erases_something", &after(at_once, &row("atarapay:completed", "buyer", "files", "w"))),
        with(guarded(t, "erasure_seal", "login_acts_for_itself", &after(SLY, &good)), FOLLOWED),
    ];
    all.extend(kept(t, &raw(good)));
    all
}

#[rustfmt::skip]
fn of_the_desk() -> Vec<Bad> {
    let draft = |order: &str| format!("insert into case_draft (order_id, number, person, kind, body) values ('atarapay:{order}', 1, 'recourse', 'note', 'b')");
    let here = format!("insert into case_presence (order_id, number, session, person, editing) values ({CASE}, '00000000-0000-0000-0000-000000000001', 'recourse', false)");
    let read = format!("insert into case_read (order_id, number, person, seq) values ({CASE}, 'recourse', 1)");
    let policy = |number: i32| format!("insert into desk_policy (number, body, source, recorder) values ({number}, '{{}}', '', 'recourse')");
    let unguarded = "alter table desk_policy disable trigger policy_seal";
    vec![
        guarded("dispute_case", "dispute_case_follows_events", "follows_events", "update dispute_case set lease_until = null"),
        guarded("case_clock", "case_clock_follows_events", "follows_events", "update case_clock set ended_at = now()"),
        guarded("decision", "decision_follows_events", "follows_events", &("alter table transition disable trigger transition_then_case; ".to_owned()
            + "insert into decision (order_id, number, transition_seq, basis, currency, total, to_seller, to_buyer, decided_actor, decided_by, decided_login, decided_at)
               values ('atarapay:disputed', 1, 1, 'settled', 'NGN', 30000, 30000, 0, 'dispute_manager', 'x', 'x', now())")),
        guarded("payout", "payout_follows_events", "follows_events", "update payout set state = 'pending'"),
        guarded("case_draft", "case_draft_seal", "case_draft_short", &draft("disputed").replace("'b'", "repeat('b', 65537)")),
        bad("case_draft", "case_draft_unique", after(&draft("disputed"), &draft("disputed"))),
        bad("case_draft", "case_draft_case_exists", draft("pending")),
        with(guarded("case_draft", "case_draft_seal", "login_acts_for_itself", &after(SLY, &draft("disputed"))),
            "alter table case_draft disable row level security"),
        bad("case_read", "case_read_unique", after(&read, &read)),
        bad("case_read", "case_read_case_exists", read.replace("'atarapay:disputed', 1", "'atarapay:pending', 1")),
        bad("desk_policy", "desk_policy_source_short", "insert into desk_policy (number, body, source, recorder) select number + 1, body, repeat('s', 1000001), 'recourse' from desk_policy".to_owned()),
        bad("desk_policy", "desk_policy_why_short", "insert into desk_policy (number, body, source, recorder, why) select number + 1, body, source, 'recourse', repeat('w', 2001) from desk_policy".to_owned()),
        bad("person_change", "person_change_why_short", "insert into person_change (login, role, granted, changed_by, why) values ('ada', 'admin', true, 'recourse', repeat('w', 2001))".to_owned()),
        bad("case_presence", "case_presence_unique", after(&here, &here)),
        guarded("case_presence", "case_presence_seal", "login_acts_for_itself", &after(SLY, &here)),
        guarded("case_presence", "case_presence_leave", "login_acts_for_itself", &after(&here, &after(SLY, "delete from case_presence"))),
        bad("desk_policy", "desk_policy_number_unique", after(unguarded, &policy(1))),
        guarded("desk_policy", "policy_seal", "desk_policy_number_unique", &policy(9)),
        guarded("desk_policy", "policy_seal", "desk_policy_zone_known",
            "insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set(body, '{hours,zone}', '\"EST\"'), source, 'recourse' from desk_policy"),
        guarded("desk_policy", "policy_seal", "role_permits",
            &after("insert into person_change (login, role, granted, changed_by) values ('ada', 'admin', true, 'recourse')", &policy(2))),
        append_only("desk_policy", "update desk_policy set source = 'other'"),
        not_emptied("desk_policy", "truncate desk_policy"),
    ]
}

/// A case that is closed in the statement that puts its order into dispute: neither sees the other.
fn closed_meanwhile() -> String {
    let order = "atarapay:awaiting_buyer_response";
    let reject = moved(order, "reject", "buyer", "awaiting_buyer_response", &[("rejection_pending", "true")]);
    let dispute = moved(order, "report_bad_condition", "seller", "dispute", &[]);
    format!(
        "{reject}; select case_open('{order}', 'recourse', 'other', null, null);
        with c as (insert into case_event (order_id, number, what, recorder, words) values ('{order}', 1, 'closed', 'recourse', 'x')), t as ({dispute}) select 1;
        set constraints all immediate"
    )
}
