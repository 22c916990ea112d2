//! Changes of what guards the tables: verify names each of them.

use sqlx::AssertSqlSafe;

use super::harness::book;

/// Changes by the owner, and what verify says of each.
const CHANGES: [(&str, &str); 32] = [
    (
        "alter table transition disable trigger transition_seal",
        "trigger transition_seal on transition was changed or switched off",
    ),
    ("drop trigger case_event_seal on case_event", "trigger case_event_seal on case_event is missing"),
    (
        "create or replace function acts_as(person text) returns void language plpgsql as 'begin end'",
        "function acts_as(person text) was changed or switched off",
    ),
    ("alter function acts_as(text) reset search_path", "function acts_as(person text) was changed or switched off"),
    (
        "alter table payout drop constraint payout_amount_positive",
        "constraint payout_amount_positive on payout is missing",
    ),
    (
        "alter table orders drop constraint orders_amount_positive, add constraint orders_amount_positive check (amount > -5)",
        "constraint orders_amount_positive on orders was changed or switched off",
    ),
    (
        "grant update on transition to recourse_writer",
        "grant update on transition to recourse_writer is not this program's",
    ),
    (
        "grant update (state) on payout to recourse_reader",
        "grant update on payout.state to recourse_reader is not this program's",
    ),
    (
        "grant execute on function drift_judge(text[]) to public",
        "grant execute on drift_judge to everyone is not this program's",
    ),
    ("alter table case_draft disable row level security", "table case_draft was changed or switched off"),
    ("create table public.kid () inherits (order_number)", "child public.kid of order_number is not this program's"),
    ("alter sequence person_change_id_seq minvalue -1000", "sequence person_change_id_seq was changed or switched off"),
    (
        "grant select on orders to recourse_reader with grant option",
        "grant select on orders to recourse_reader was changed or switched off",
    ),
    ("drop index payout_event_reference_once", "index payout_event_reference_once is missing"),
    ("create rule quiet as on insert to evidence do instead nothing", "rule quiet on evidence is not this program's"),
    ("alter table orders alter column state drop expression", "column orders.state was changed or switched off"),
    (
        "create or replace view person as select login, role, changed_by, changed_at from person_change where granted",
        "view person was changed or switched off",
    ),
    (
        "create or replace view recourse_masked.case_note as select * from recourse.case_note",
        "view masked case_note was changed or switched off",
    ),
    (
        "grant select on case_note to recourse_masked",
        "grant select on case_note to recourse_masked is not this program's",
    ),
    ("alter table desk_policy enable row level security", "table desk_policy was changed or switched off"),
    (
        "alter table fact disable trigger all; alter table fact enable trigger user",
        "foreign key quarantine_key_fkey on fact was changed or switched off",
    ),
    (
        "update pg_class set relhastriggers = false where oid = 'evidence'::regclass",
        "table evidence was changed or switched off",
    ),
    (
        "update pg_index set indisready = false where indexrelid = 'transition_request_unique'::regclass",
        "index transition_request_unique was changed or switched off",
    ),
    (
        "do $$ begin execute format('grant usage on schema %I to public', current_schema()); end $$",
        "grant usage on schema to everyone is not this program's",
    ),
    (
        "do $$ begin execute format('create or replace view recourse_masked.case_seen as %s', pg_get_viewdef('recourse.case_seen')); end $$",
        "view masked case_seen was changed or switched off",
    ),
    (
        "create table public.parent (body text); alter table case_note inherit public.parent",
        "parent public.parent of case_note is not this program's",
    ),
    (
        "create or replace function is_owner() returns boolean language plpgsql stable as 'begin return false; end'; alter function is_owner() set search_path = recourse, pg_temp",
        "function is_owner() was changed or switched off",
    ),
    ("create cast (name as bytea) with inout as assignment", "the cast name as bytea is not the server's"),
    (
        "create function pg_catalog.permitted(text, text, text) returns void language sql as ''",
        "function pg_catalog.permitted is not the server's",
    ),
    (
        "do $$ begin execute format('alter role recourse_reader in database %I set session_replication_role = replica', current_database()); end $$",
        "sessions of recourse_reader start without triggers (session_replication_role)",
    ),
    (
        "set session_replication_role = replica; delete from turn where name = 'people'; reset session_replication_role",
        "turn people is missing",
    ),
    (
        "set session_replication_role = replica; update epoch set number = 9; insert into epoch select 10, system_identifier, timeline, now() from epoch; reset session_replication_role",
        "the epochs are not those of the log (epoch)",
    ),
];

#[tokio::test]
async fn each_change_of_a_guard_is_named() {
    let book = book().await;
    let sound = book.run(&["verify", "--json"]);
    assert_eq!((sound.code, sound.one()["result"].as_str()), (0, Some("sound")), "{sound:?}");
    let mut psql = book.psql().await;
    for (change, _) in CHANGES {
        let made = format!("set search_path = recourse; {change}");
        sqlx::raw_sql(AssertSqlSafe(made)).execute(&mut psql).await.unwrap();
    }
    let told = book.run(&["verify", "--json"]);
    assert_eq!(told.code, 1, "{told:?}");
    let named: Vec<String> = told.lines().iter().filter_map(|line| Some(line["fault"].as_str()?.to_owned())).collect();
    for (_, said) in CHANGES {
        assert!(named.iter().any(|fault| fault == said), "{said}: {named:#?}");
    }
    assert_eq!(named.len(), CHANGES.len() - 1, "nothing else, and one function was changed twice: {named:#?}");
    let schemas: i64 = sqlx::query_scalar("select count(*) from pg_namespace where nspname like 'copy\\_%'")
        .fetch_one(&mut psql)
        .await
        .unwrap();
    assert_eq!(schemas, 0, "the copy is taken back");
}
