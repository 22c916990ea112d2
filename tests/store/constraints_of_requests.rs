//! Bad writes to accounts, requests, and what a server has to do.

use super::constraints::{Bad, EMPTIED, append_only, bad, guarded, not_emptied, with};

const ACCOUNT: &str =
    "insert into account (name, provider, merchants, environment, sends) values ('a', 'tamara', '{*}', 'test', true)";
/// Nothing is judged when it is asked.
const UNJUDGED: &str = "drop trigger request_begin on request";

/// A request for the approved order of Tamara, with these columns more.
fn ask(columns: &str, values: &str) -> String {
    asking("tamara:approved", "authorise", columns, values)
}

fn asking(order: &str, action: &str, columns: &str, values: &str) -> String {
    format!(
        "insert into request (order_id, version, provider, account, action, actor, method, path, content_type, body, mark, request_id, request_digest,
           asked_by, moved_by{columns})
         select o.id, o.version, 'tamara', 'a', '{action}', 'merchant', 'POST', '/', 'a/j', '', gen_random_uuid(), gen_random_uuid(), '',
           'recourse', 'recourse'{values} from orders o where o.id = '{order}'"
    )
}

fn after(first: &str, then: &str) -> String {
    format!("{first}; {then}")
}

const MESSENGER: &str = "insert into messenger (one, kind) values (true, 'command')";

/// A message that is carried, and then this.
fn carried(then: &str) -> String {
    let written = "insert into case_event (order_id, number, what, party, recorder) values ('atarapay:disputed', 1, 'messaged', 'buyer', 'recourse');
        insert into case_message (order_id, number, seq, what, body) select order_id, number, seq, 'messaged', 'b' from dispute_case where order_id = 'atarapay:disputed'";
    format!("{MESSENGER}; {written}; {then}")
}

const TOLD: &str = "insert into inbox (person, what, request, seq, recorder, at) values ('ada', 'request_refused', ";

/// A question about orders, with these orders, order, way and note.
fn ask_of(what: &str, values: &str) -> String {
    format!(
        "insert into account_ask (account, what, asked_by, orders, order_id, way, note) values ('a', '{what}', 'recourse', {values})"
    )
}

#[rustfmt::skip]
pub fn of_requests() -> Vec<Bad> {
    let t = "request";
    let asked = after(ACCOUNT, &ask("", ""));
    let of = |columns: &str, values: &str| after(ACCOUNT, &ask(columns, values));
    let raw = |columns: &str, values: &str| after(ACCOUNT, &asking("tamara:approved", "authorise", columns, values));
    let to = |state: &str| after(&asked, &format!("update request set state = '{state}'"));
    let twice = ", '00000000-0000-0000-0000-000000000001'";
    let named = |order: &str| format!("insert into request (order_id, version, provider, account, action, actor, method, path, content_type, body, mark, request_id, request_digest, asked_by, moved_by)
        select o.id, o.version, 'tamara', 'a', 'authorise', 'merchant', 'POST', '/', 'a/j', '', gen_random_uuid(){twice}, '', 'recourse', 'recourse' from orders o where o.id = '{order}'");
    vec![
        bad(t, "request_order_exists", after(UNJUDGED, &raw("", "").replace("o.id, o.version", "'tamara:nobody', o.version"))),
        bad(t, "request_amount_positive", after(ACCOUNT, &asking("tamara:authorised", "capture", ", amount", ", 0"))),
        bad(t, "request_body_short", of("", "").replace("'a/j', ''", "'a/j', convert_to(repeat('x', 65537), 'UTF8')")),
        bad(t, "request_open_has_body", of("", "").replace("'a/j', ''", "'a/j', null")),
        bad(t, "request_method_known", of("", "").replace("'POST'", "'LOOK'")),
        bad(t, "request_path_plain", of("", "").replace("'/', 'a/j'", "'/p 08035550147', 'a/j'")),
        bad(t, "request_texts_short", of(", note", ", repeat('n', 20001)")),
        bad(t, "request_reason_is_code", of(", reason", ", 'Hauwa 0803'")),
        bad(t, "request_content_type_plain", of("", "").replace("'/', 'a/j'", "'/', 'Hauwa Abubakar'")),
        bad(t, "request_plan_exists", after(UNJUDGED, &raw(", plan", ", 99"))),
        Bad { constraint: "request_state_known", drop: "alter table request drop constraint request_state_known; alter table request drop constraint request_open_has_body".to_owned(),
            and_drop: "", sql: after(UNJUDGED, &raw(", state", ", 'lost'")) },
        Bad { constraint: "request_done_has_transition", drop: "alter table request drop constraint request_done_has_transition".to_owned(), and_drop: "",
            sql: after(UNJUDGED, &raw(", state", ", 'done'")) },
        Bad { constraint: "request_transition_exists", drop: "alter table request drop constraint request_transition_exists".to_owned(), and_drop: "",
            sql: after(UNJUDGED, &after(&raw(", state, seq", ", 'done', 99"), "set constraints all immediate")) },
        with(bad(t, "request_once", after(UNJUDGED, &after(&after(ACCOUNT, &named("tamara:approved")), &named("tamara:new")))), ""),
        guarded(t, "request_begin", "request_version_of_order", &of("", "").replace("o.version,", "o.version - 1,")),
        guarded(t, "request_begin", "request_account_of_merchant", &ask("", "")),
        guarded(t, "request_begin", "request_follows_rule", &after(ACCOUNT, &asking("tamara:new", "authorise", "", ""))),
        guarded(t, "request_begin", "login_acts_for_itself", &after(ACCOUNT, &format!("set session authorization plain_writer; {}", ask("", "")))),
        guarded(t, "request_move", "request_moves_on", &after(&asked, "update request set message = 'other'")),
        guarded(t, "request_move", "request_step_known", &to("unknown")),
        guarded(t, "request_move", "request_asked_once", &after(&asked, "update request set state = 'sending', amount = 1")),
        guarded(t, "request_move", "request_approved_by_other", &after("insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set(body, '{requests,authorise}', '{}'), source, 'recourse' from desk_policy order by number desc limit 1",
            &after(&asked, "update request set state = 'queued'"))),
        guarded(t, "request_move", "request_settled_with_note", &after(&asked, "update request set state = 'sending'; update request set state = 'unknown'; update request set state = 'not_done', message = ' '")),
        guarded(t, "request_done_by_its_move", "request_done_by_its_move", &after(&asked, "update request set state = 'sending'; update request set state = 'done', seq = 1; set constraints all immediate")),
        with(append_only(t, &after(&asked, "delete from request")), "alter table request_turn drop constraint request_turn_request_exists"),
        with(not_emptied(t, "truncate request cascade"), EMPTIED),
        with(bad(t, "request_id_unique", after("drop trigger a_number on request; drop trigger request_begin on request", &after(ACCOUNT, &format!("{}; {}", ask("", "").replace("(order_id,", "(id, order_id,").replace("select o.id,", "select 1, o.id,"),
            asking("tamara:new", "authorise", "", "").replace("(order_id,", "(id, order_id,").replace("select o.id,", "select 1, o.id,"))))), "alter table request_turn drop constraint request_turn_unique"),
    ]
}

/// What servers work with: messages, turns, accounts, what arrived, orders that are read.
#[rustfmt::skip]
pub fn of_servers() -> Vec<Bad> {
    let registered = "insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('plain_writer', 'agent', true, 'recourse')";
    let sly = |sql: &str| format!("{registered}; set session authorization plain_writer; {sql}");
    let asked = after(ACCOUNT, &ask("", ""));
    vec![
        bad("messenger", "messenger_unique", after(MESSENGER, MESSENGER)),
        bad("messenger", "messenger_one", MESSENGER.replace("true", "false")),
        bad("messenger", "messenger_kind_known", MESSENGER.replace("command", "pigeon")),
        guarded("messenger", "messenger_server", "login_is_intake", &sly(MESSENGER)),
        bad("message_delivery", "message_delivery_message_exists", "insert into message_delivery (order_id, number, seq) values ('atarapay:disputed', 1, 99)".to_owned()),
        bad("message_delivery", "message_delivery_once", carried("insert into message_delivery (order_id, number, seq) select order_id, number, seq from message_delivery")),
        bad("message_delivery", "message_delivery_state_known", carried("update message_delivery set state = 'lost'")),
        guarded("message_delivery", "message_delivery_server", "login_is_intake", &carried(&sly("update message_delivery set state = 'sent'"))),
        bad("inbox", "inbox_request_exists", format!("{}99, 1, '', now())", TOLD)),
        bad("inbox", "inbox_request_once", after(&asked, &format!("{0}(select max(id) from request), 1, '', now()); {0}(select max(id) from request), 2, '', now())", TOLD))),
        bad("request_step", "request_step_once", "insert into request_step values ('queued', 'sending', 'server')".to_owned()),
        append_only("request_step", "delete from request_step"),
        not_emptied("request_step", "truncate request_step"),
        bad("request_turn", "request_turn_unique", after(&asked, "insert into request_turn (request, account) select id, 'a' from request")),
        bad("request_turn", "request_turn_request_exists", "insert into request_turn (request, account) values (99, 'a')".to_owned()),
        guarded("request_turn", "request_turn_server", "login_is_intake", &after(&asked, &sly("update request_turn set lease = now()"))),
        bad("account", "account_name_unique", after(ACCOUNT, ACCOUNT)),
        bad("account", "account_has_name", ACCOUNT.replace("'a'", "'-'")),
        bad("account", "account_health_known", after(ACCOUNT, "update account set health = 'fine'")),
        guarded("account", "account_server", "login_is_intake", &sly(ACCOUNT)),
        bad("received", "received_id_unique", "drop trigger a_number on received; insert into received (id, account, provider, line, is_line) values (1, 'a', 'tamara', '', true), (1, 'a', 'tamara', '', true)".to_owned()),
        guarded("received", "received_server", "login_is_intake", &sly("insert into received (account, provider, line, is_line) values ('a', 'tamara', '', true)")),
        append_only("received", "insert into received (account, provider, line, is_line) values ('a', 'tamara', '', true); update received set line = 'x'"),
        bad("reading", "reading_order_once", "insert into reading (order_id, account, why) values ('x', 'a', 'ids'), ('x', 'a', 'ids')".to_owned()),
        bad("reading", "reading_why_known", "insert into reading (order_id, account, why) values ('x', 'a', 'mood')".to_owned()),
        guarded("reading", "reading_server", "login_is_intake", &sly("insert into reading (order_id, account, why) values ('x', 'a', 'ids')")),
        bad("account_ask", "account_ask_id_unique", "drop trigger a_number on account_ask; insert into account_ask (id, account, what, asked_by) values (1, 'a', 'check', 'recourse'), (1, 'a', 'check', 'recourse')".to_owned()),
        bad("account_ask", "account_ask_account_short", "insert into account_ask (account, what, asked_by) values (repeat('a', 201), 'check', 'recourse')".to_owned()),
        bad("account_ask", "account_ask_known", "insert into account_ask (account, what, asked_by) values ('a', 'pay', 'recourse')".to_owned()),
        bad("account_ask", "account_ask_reads_orders", ask_of("read", "null, null, null, null")),
        bad("account_ask", "account_ask_orders_few", ask_of("read", "'{}', null, null, null")),
        bad("account_ask", "account_ask_orders_few", format!("alter table account_ask disable trigger account_ask_seal; {}", ask_of("read", "array[null, 'x'], null, null, null"))),
        bad("account_ask", "account_ask_orders_few", format!("alter table account_ask disable trigger account_ask_seal; {}", ask_of("read", "'{{a,b},{c,d}}', null, null, null"))),
        bad("account_ask", "account_ask_adopts_order", ask_of("adopt", "null, null, null, 'seen'")),
        bad("account_ask", "account_ask_order_exists", ask_of("adopt", "null, 'tamara:nobody', null, 'seen'")),
        bad("account_ask", "account_ask_way_counts", ask_of("adopt", "null, 'tamara:approved', 0, 'seen'")),
        bad("account_ask", "account_ask_adopts_with_note", ask_of("adopt", "null, 'tamara:approved', 1, E'\\u200b'")),
        guarded("account_ask", "account_ask_seal", "account_ask_answered_once", "insert into account_ask (account, what, asked_by) values ('a', 'check', 'recourse'); update account_ask set good = true; update account_ask set good = false"),
    ]
}
