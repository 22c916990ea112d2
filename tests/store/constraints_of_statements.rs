//! Bad writes to settlement statements.

use super::constraints::{Bad, EMPTIED, append_only, bad, guarded, not_emptied, with};

const BEGIN: &str = "select statement_begin()";
const ROW: &str = "insert into statement_row (statement, place, sheet, line, day, order_id, action, currency, amount, fees, vat, payable, told)
  select id, 1, 's', 1, '2026-11-20', 'tamara:x', 'capture', 'SAR', 100, 0, 0, 1000000, 1000000 from statement_load";
const KEEP: &str = "insert into statement (id, name, merchant, digest, rows, has_period, xid, recorder) select id, 'S', 't', statement_digest(id, 'S', 't', null, null), 1, false, '1', 'recourse' from statement_load";

const SLY: &str = "insert into person_change (login, role, granted, changed_by) values ('recourse', 'admin', true, 'recourse'), ('plain_writer', 'agent', true, 'recourse'); set session authorization plain_writer";

fn then(parts: &[&str]) -> String {
    parts.join("; ")
}

#[rustfmt::skip]
pub fn of_statements() -> Vec<Bad> {
    let (s, r) = ("statement", "statement_row");
    let row = |old: &str, new: &str| then(&[BEGIN, &ROW.replacen(old, new, 1)]);
    let kept = then(&[BEGIN, ROW, KEEP]);
    let keep = |old: &str, new: &str| then(&[BEGIN, ROW, &KEEP.replace(old, new)]);
    let second = |row: &str, keep: &str| then(&[&kept, "delete from statement_load", BEGIN, row, keep]);
    let other = ROW.replace("tamara:x", "tamara:y");
    let stand_in = KEEP.replace("recorder)", "recorder, replaces)").replace("'recourse' from", "'recourse', (select number from statement) from");
    let raw = |values: &str| format!("alter table statement disable trigger statement_seal; insert into statement (id, digest, rows, recorder, replaces, has_period, xid) values {values}");
    let id = "gen_random_uuid()";
    let sly = SLY;
    vec![
        bad("statement_load", "statement_load_once", "insert into statement_load (id, login) select gen_random_uuid(), 'a'; insert into statement_load select * from statement_load".to_owned()),
        bad(r, "statement_row_counts_from_one", row("id, 1,", "id, 0,")),
        bad(r, "statement_row_of_tamara", row("tamara:x", "atarapay:x")),
        bad(r, "statement_row_order_printable", row("'tamara:x'", "repeat('x', 201)").replace("select id, 1, 's', 1, '2026-11-20', repeat", "select id, 1, 's', 1, '2026-11-20', 'tamara:' || repeat")),
        bad(r, "statement_row_action_known", row("'capture'", "'settle'")),
        with(bad(r, "statement_row_amount_plausible", row("'SAR', 100", "'SAR', -100")), "drop trigger statement_row_judge on statement_row"),
        guarded(r, "statement_row_judge", "statement_row_amount_as_told", &row("'SAR', 100", "'SAR', 101")),
        bad(r, "statement_row_sheet_printable", row("'s', 1", "E's\\u200b', 1")),
        bad(r, "statement_row_line_counts", row("'s', 1", "'s', 0")),
        bad(r, "statement_row_number_printable", row("order_id, action", "order_id, order_number, action").replace("'capture'", "E'\\x1b', 'capture'")),
        bad(r, "statement_row_sums_plausible", row("0, 0, 1000000", "2000000000000000, 0, 1000000")),
        bad(r, "statement_row_day_plausible", row("'2026-11-20'", "'infinity'")),
        with(bad(r, "statement_row_once", then(&[BEGIN, ROW, ROW])), "alter table statement_doubt drop constraint statement_doubt_once"),
        guarded(r, "statement_row_judge", "statement_row_while_read", &then(&[&kept, "insert into statement_row select statement, 2, sheet, line, day, order_id, order_number, action, currency, amount, fees, vat, payable, told from statement_row"])),
        guarded(r, "statement_row_stays", "append_only", &then(&[&kept, "delete from statement_row"])),
        guarded(r, "statement_row_stays", "append_only", &then(&[BEGIN, ROW, "update statement_row set amount = 1"])),
        not_emptied(r, "truncate statement_row"),
        guarded(s, "statement_seal", "role_permits", &then(&[BEGIN, ROW, sly, &KEEP.replace("'recourse' from", "'plain_writer' from")])),
        guarded(s, "statement_seal", "login_acts_for_itself", &keep("'recourse' from", "'ada' from").replace(BEGIN, &then(&[BEGIN, "set session authorization plain_writer"])).replace(ROW, "select 1")),
        guarded(s, "statement_seal", "statement_row_while_read", "insert into statement (id, digest, rows, has_period, xid, recorder) values (gen_random_uuid(), '', 0, false, '1', 'recourse')"),
        guarded(s, "statement_seal", "statement_is_whole", &then(&[&row("id, 1,", "id, 2,"), KEEP])),
        guarded(r, "statement_row_judge", "statement_currency_known", &row("'SAR'", "'NGN'")),
        bad("statement_doubt", "statement_doubt_once", then(&[BEGIN, ROW, "insert into statement_doubt select * from statement_doubt"])),
        bad("statement_doubt", "statement_doubt_while_read", "insert into statement_doubt values (gen_random_uuid(), 1)".to_owned()),
        guarded(s, "statement_seal", "statement_digest_of_rows", &keep("statement_digest(id, 'S', 't',", "statement_digest(id, 'T', 't',")),
        guarded(s, "statement_seal", "statement_name_once", &second(&other, KEEP)),
        guarded(s, "statement_seal", "statement_replaces_its_own", &second(&other, &stand_in.replace("'S'", "'T'"))),
        guarded(s, "statement_seal", "statement_digest_once", &second(ROW, KEEP)),
        bad(s, "statement_name_printable", keep("'S'", "E'S\\u200b'")),
        bad(s, "statement_merchant_printable", keep("'t'", "repeat('t', 201)")),
        bad(s, "statement_days_in_order", raw("('00000000-0000-0000-0000-000000000001', 'a', 0, 'r', null, false, '1'); update statement set first_day = '2026-11-20', last_day = '2026-11-19'").replace("alter table statement disable trigger statement_seal", "alter table statement disable trigger all; alter table statement alter number set default 1")),
        bad(s, "statement_days_plausible", raw("('00000000-0000-0000-0000-000000000001', 'a', 0, 'r', null, false, '1'); update statement set first_day = '-infinity', last_day = 'infinity'").replace("alter table statement disable trigger statement_seal", "alter table statement disable trigger all; alter table statement alter number set default 1")),
        bad(s, "statement_replaces_once", raw(&format!("({id}, 'a', 0, 'r', null, false, '1'); insert into statement (id, digest, rows, recorder, replaces, has_period, xid) select {id}, convert_to(n::text, 'UTF8'), 0, 'r', number, false, '1' from statement, generate_series(1, 2) n"))),
        bad(s, "statement_replaces_one", raw(&format!("({id}, 'a', 0, 'r', 99, false, '1')"))),
        bad(s, "statement_id_unique", raw("('00000000-0000-0000-0000-000000000001', 'a', 0, 'r', null, false, '1'), ('00000000-0000-0000-0000-000000000001', 'b', 0, 'r', null, false, '1')")),
        bad(s, "statement_number_unique", then(&["drop trigger a_number on statement; drop trigger statement_seal on statement", "insert into statement (number, id, digest, rows, recorder, has_period, xid) select 1, gen_random_uuid(), convert_to(n::text, 'UTF8'), 0, 'recourse', false, '1' from generate_series(1, 2) n"])),
        append_only(s, &then(&[&kept, "update statement set name = 'T'"])),
        with(not_emptied(s, "truncate statement cascade"), EMPTIED),
    ]
}

/// What the database computes of statements and of readings.
#[rustfmt::skip]
pub fn of_findings() -> Vec<Bad> {
    let f = "statement_finding";
    let kept = then(&[BEGIN, ROW, KEEP]);
    let finding = |values: &str| then(&[&kept, &format!("insert into statement_finding (statement, place, kind, nr, order_id, seq) select number, {values} from statement")]);
    let sly = SLY;
    let seen = "insert into seen (order_id, account, read_at, word, status) values ('tamara:approved', 'a', now(), 'approved', 'approved')";
    let listed = |values: &str| then(&[seen, &format!("insert into seen_move values {values}")]);
    vec![
        bad("statement_shop", "statement_shop_once", then(&[&kept, "insert into statement_shop select number, 'x' from statement", "insert into statement_shop select * from statement_shop"])),
        bad("statement_shop", "statement_shop_statement_exists", "insert into statement_shop values (99, 'x')".to_owned()),
        append_only("statement_shop", &then(&[&kept, "insert into statement_shop select number, 'x' from statement", "delete from statement_shop"])),
        not_emptied("statement_shop", "truncate statement_shop"),
        bad("statement_sum", "statement_sum_once", then(&[&kept, "insert into statement_sum select * from statement_sum"])),
        bad("statement_sum", "statement_sum_statement_exists", "insert into statement_sum values (99, 'SAR', 'capture', 1, 1)".to_owned()),
        guarded("statement_sum", "statement_sum_follows_events", "follows_events", &then(&[&kept, "insert into statement_sum select number, 'SAR', 'refund', 1, 1 from statement"])),
        append_only("statement_sum", &then(&[&kept, "delete from statement_sum"])),
        not_emptied("statement_sum", "truncate statement_sum"),
        bad(f, "statement_finding_statement_exists", "insert into statement_finding values (99, 1, 'not_recorded', 1, 'tamara:x', null)".to_owned()),
        bad(f, "statement_finding_counts_from_one", finding("0, 'not_recorded', 1, 'tamara:x', null")),
        bad(f, "statement_finding_kind_known", finding("2, 'odd', 1, 'tamara:x', null")),
        bad(f, "statement_finding_about_one", finding("2, 'no_row', 1, 'tamara:x', null")),
        bad(f, "statement_finding_once", finding("1, 'not_recorded', 1, 'tamara:x', null")),
        guarded(f, "statement_finding_follows_events", "follows_events", &finding("2, 'not_recorded', 1, 'tamara:x', null")),
        guarded("statement_shop", "statement_shop_follows_events", "follows_events", &then(&[&kept, "insert into statement_shop select number, 'x' from statement"])),
        append_only(f, &then(&[&kept, "delete from statement_finding"])),
        not_emptied(f, "truncate statement_finding"),
        bad("seen_move", "seen_move_of_reading", "insert into seen_move values ('tamara:approved', 1, 'capture', 1, '2026-11-20')".to_owned()),
        bad("seen_move", "seen_move_action_known", listed("('tamara:approved', 1, 'cancel', 1, '2026-11-20')")),
        bad("seen_move", "seen_move_amount_positive", listed("('tamara:approved', 1, 'capture', 0, '2026-11-20')")),
        bad("seen_move", "seen_move_once", listed("('tamara:approved', 1, 'capture', 1, '2026-11-20'), ('tamara:approved', 1, 'refund', 1, '2026-11-20')")),
        guarded("seen_move", "seen_move_server", "login_is_intake", &then(&[seen, sly, "insert into seen_move values ('tamara:approved', 1, 'capture', 1, '2026-11-20')"])),
    ]
}
