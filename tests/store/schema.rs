//! The schema: created automatically in an empty database; any other database is refused and left unchanged. Also tests
//! every statement.

use recourse::store::StoreError;
use sqlx::{AssertSqlSafe, Row};

use super::harness::{Book, access, book, program, told};

const TABLES: &str = "select coalesce(string_agg(format('%s %s', c.oid, c.relname), ',' order by c.oid), '') from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'recourse'";

async fn refused_untouched(book: &Book, change: &str, words: &str) {
    let mut psql = book.psql().await;
    sqlx::raw_sql(AssertSqlSafe(change.to_owned())).execute(&mut psql).await.unwrap();
    let before: String = sqlx::query_scalar(TABLES).fetch_one(&mut psql).await.unwrap();
    let told = book.run(&["board"]);
    assert_eq!(told.code, 1, "{told:?}");
    assert!(told.err.contains(words) && told.err.contains("nothing was changed"), "{told:?}");
    let after: String = sqlx::query_scalar(TABLES).fetch_one(&mut psql).await.unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn what_it_does_not_know_it_does_not_touch() {
    let cases = [
        ("insert into law values (99, '')", "version 99 of the law"),
        ("alter table law disable trigger all; update law set digest = 'x' where version = 1", "version 1 of the law"),
        ("insert into _sqlx_migrations values (9999, 'later', now(), true, '', 0)", "part 9999"),
        ("update _sqlx_migrations set checksum = 'x'", "part 1 "),
        ("drop schema recourse cascade; create table public.invoices (id int)", "of another program"),
    ];
    for (change, words) in cases {
        refused_untouched(&book().await, change, words).await;
    }
}

#[tokio::test]
async fn an_empty_database_is_filled_by_several_at_once() {
    let book = book().await;
    let mut psql = book.psql().await;
    sqlx::raw_sql("drop schema recourse cascade").execute(&mut psql).await.unwrap();
    let read_only = book.run(&["board", "--read-only"]);
    assert_eq!(read_only.code, 1, "{read_only:?}");
    let mut children: Vec<_> =
        (0..4).map(|_| book.command(&["board"]).stdout(std::process::Stdio::null()).spawn().unwrap()).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let laws: i64 = sqlx::query_scalar("select count(*) from rule").fetch_one(&mut psql).await.unwrap();
    assert_eq!(laws, 42, "forty rows and two openings");
}

#[tokio::test]
async fn read_only_is_refused_by_the_session_too() {
    let book = book().await;
    let access =
        recourse::store::Access { database: recourse::store::Database::Url(book.url()), read_only: true, ..access() };
    let store = recourse::store::Store::open(&access).await.unwrap();
    let written = sqlx::query("insert into fact (key, outcome) values ('k', 'x')").execute(&store.pool).await;
    assert!(matches!(written.map_err(StoreError::from), Err(StoreError::Unreachable(_))));
    let told = book.run(&["act", "T-1", "capture", "--amount", "1", "--read-only", "--json"]);
    assert_eq!(told.code, 2, "{told:?}");
}

#[tokio::test]
async fn nobody_is_granted_what_the_log_forbids() {
    let book = book().await;
    let granted: Vec<(String, String, String)> = sqlx::query_as(
        "select grantee::text, table_name::text, privilege_type::text from information_schema.role_table_grants
         where grantee ~ '^recourse_' and grantee <> 'recourse_owner' and privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE') order by 1, 2, 3",
    )
    .fetch_all(&mut book.psql().await)
    .await
    .unwrap();
    // Who may update or delete may lock the whole table. Only a server works with these; all else is changed by functions.
    let server = |right: &str| {
        let right = right.to_owned();
        move |table: &str| ("recourse_intake".to_owned(), table.to_owned(), right.clone())
    };
    let mut allowed: Vec<_> = [
        "account",
        "account_ask",
        "message_delivery",
        "messenger",
        "reading",
        "received",
        "request_turn",
        "seen",
        "seen_move",
    ]
    .map(server("UPDATE"))
    .to_vec();
    allowed.extend(["account", "messenger", "reading", "received", "seen_move"].map(server("DELETE")));
    allowed.sort();
    assert_eq!(granted, allowed, "tables that may be changed");
}

fn statements() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/sql");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
    };
    // Pages are built from these pieces.
    let pieces = ["page", "page_led", "page_of_merchants", "sieve", "case_page", "case_sieve"];
    let whole = files.into_iter().map(read).filter(|(name, _)| !pieces.contains(&name.as_str()));
    let pages = recourse::store::page::statements().into_iter().enumerate();
    let cases = recourse::store::cases::read::statements().into_iter().enumerate();
    let named = |kind: &'static str| move |(number, sql)| (format!("{kind} {number}"), sql);
    whole.chain(pages.map(named("page"))).chain(cases.map(named("cases"))).collect()
}

#[tokio::test]
async fn every_statement_begins_with_a_sentence_and_prepares() {
    let book = book().await;
    let mut psql = book.psql().await;
    for (name, sql) in statements() {
        assert!(
            sql.starts_with("-- ") && sql.lines().next().unwrap().ends_with(['.', ';', ':'])
                || sql.lines().nth(1).unwrap().starts_with("-- "),
            "{name}"
        );
        if matches!(name.as_str(), "session" | "prepare" | "verify_seals" | "verify_rows" | "workspace_drop") {
            continue;
        }
        sqlx::raw_sql(AssertSqlSafe(format!("prepare p as {sql}")))
            .execute(&mut psql)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        sqlx::raw_sql("deallocate p").execute(&mut psql).await.unwrap();
    }
}

/// The hot statements use an index, however many rows there are.
#[tokio::test]
async fn hot_statements_read_no_whole_table() {
    let book = book().await;
    let mut psql = book.psql().await;
    sqlx::raw_sql("set enable_seqscan = off").execute(&mut psql).await.unwrap();
    let hot = [
        ("order", "('tamara:T-1')"),
        ("timeline", "(array['tamara:T-1'], 0)"),
        // By age, by deadline and by amount, forwards and backwards.
        ("page 0", "(array['tamara/approved'], now(), '', 100)"),
        ("page 1", "(array['tamara/approved'], now(), '', 100)"),
        ("page 16", "(array['tamara/approved'], now(), '', 100)"),
        ("page 17", "(array['tamara/approved'], now(), '', 100)"),
        ("page 32", "(array['tamara/approved'], -5, '', 100)"),
        ("page 33", "(array['tamara/approved'], -5, '', 100)"),
        ("page 48", "(array['tamara/approved'], -5, '', 100)"),
        ("page 49", "(array['tamara/approved'], -5, '', 100)"),
        ("due", "(array['tamara/approved'], now(), array[''], 100)"),
        ("due_next", "(array['tamara/approved'], now())"),
        ("cases 0", "(0, 0, '', 0, 100, 'ada', now())"),
        ("cases 1", "(0, 0, '', 0, 100, 'ada', now())"),
        ("cases 3", "(0, 0, '', 0, 100, 'ada', now())"),
        ("cases 7", "(0, 0, '', 0, 100, 'ada', now())"),
        ("cases 8", "(0, 0, '', 0, 100, 'ada', now())"),
        ("cases 9", "(0, 0, '', 0, 100, 'ada', now())"),
        ("case_whole", "('atarapay:A-1', null)"),
        ("case_judge", "('atarapay:A-1', '00000000-0000-0000-0000-000000000000', null)"),
        ("case_events", "('atarapay:A-1')"),
        ("plan_request", "('00000000-0000-0000-0000-000000000000')"),
        ("evidence", "(array['tamara:T-1'], 50)"),
        ("ticks", "('tamara:T-1')"),
        ("plans_of_order", "('tamara:T-1')"),
        ("plan_rest", "(1, 0, 100)"),
        ("held_of", "(array['tamara:T-1'])"),
        ("approvals", "(array['tamara:T-1'])"),
        ("alerts", ""),
        ("watch_rates", "(now() - interval '1 hour', now())"),
        ("drifted", "(100, null)"),
        ("watch_counts", ""),
        ("quarantine_kinds", ""),
        ("merchant_tokens", "(array['a'])"),
        ("last_answers", "(array['tamara:T-1'])"),
        ("claim_alerts", "(array['webhook'])"),
        ("alert_history", "('x', 100)"),
        ("request", "('00000000-0000-0000-0000-000000000000', 'tamara:T-1')"),
        ("feed", "(1, '0', 0, 100)"),
        ("quarantine", "(0, null, 'time', null, null, null, 100)"),
        ("inbox", "('ada', false, null, 100)"),
        ("inbox_unread", "('ada', 1000)"),
        ("inbox_read", "('ada', null)"),
        ("watch_elsewhere", "(array['tamara/new'], now())"),
        ("plan_confirmed", "(array[1::bigint])"),
        ("report_money", "(now(), now(), 'UTC')"),
        ("pulse", "(1000, 'ada')"),
        ("recent", "('tamara:T-1', 500)"),
        ("early", "(array['tamara:T-1'])"),
    ];
    for (name, arguments) in hot {
        let sql = statements().into_iter().find(|(file, _)| file == name).unwrap().1;
        let plan = format!("prepare p as {sql}; set plan_cache_mode = force_generic_plan");
        sqlx::raw_sql(AssertSqlSafe(plan)).execute(&mut psql).await.unwrap();
        let rows =
            sqlx::raw_sql(AssertSqlSafe(format!("explain execute p{arguments}"))).fetch_all(&mut psql).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get::<String, _>(0)).collect();
        // The epochs and the people are few.
        let few = |line: &str| [" on epoch", " on person_change"].iter().any(|few| line.contains(few));
        let scans: Vec<&String> = plan.iter().filter(|line| line.contains("Seq Scan") && !few(line)).collect();
        assert!(scans.is_empty(), "{name}: {plan:#?}");
        sqlx::raw_sql("deallocate p").execute(&mut psql).await.unwrap();
    }
}

/// A writer's own tables and functions never replace the ones that the guards use.
#[tokio::test]
async fn nobody_steps_between_the_guards() {
    let book = book().await;
    for (login, role) in [("ada", "admin"), ("sly_writer", "agent")] {
        let named = book.run(&["people", "add", login, role, "--as", "ada"]);
        assert_eq!(named.code, 0, "{named:?}");
    }
    let mut psql = book.psql().await;
    let writer = "do $$ begin create role sly_writer login in role recourse_writer; exception when duplicate_object or unique_violation then null; end $$;
        create schema sly authorization sly_writer; set session authorization sly_writer;
        create temp table person (login text, role text); insert into pg_temp.person values ('sly_writer', 'admin');
        create function sly.refuse(text, text) returns void language sql as 'select'; set search_path = sly, pg_temp, recourse";
    sqlx::raw_sql(writer).execute(&mut psql).await.unwrap();
    let grab = "insert into recourse.person_change (login, role, granted, changed_by) values ('sly_writer', 'admin', true, 'sly_writer')";
    let error = recourse::store::StoreError::from(sqlx::raw_sql(grab).execute(&mut psql).await.unwrap_err());
    assert!(error.to_string().contains("Only an admin can change people"), "{error}");
    sqlx::raw_sql("reset session authorization; drop schema sly cascade; drop owned by sly_writer; do $$ begin drop role if exists sly_writer; exception when dependent_objects_still_exist then null; end $$").execute(&mut psql).await.unwrap();
}

/// A login that may only read can read without extra flags. A database with changed law rows is refused.
#[tokio::test]
async fn readers_read_and_a_changed_law_is_refused() {
    let book = book().await;
    let mut psql = book.psql().await;
    let reader = "do $$ begin create role plain_reader login in role recourse_reader; exception when duplicate_object or unique_violation then null; end $$";
    sqlx::raw_sql(reader).execute(&mut psql).await.unwrap();
    let url = book.url().replace("recourse@", "plain_reader@");
    let as_reader = |words: &[&str]| told(program(words).env("DATABASE_URL", &url));
    let board = as_reader(&["board"]);
    assert_eq!(board.code, 0, "{board:?}");
    let written = as_reader(&["people", "add", "ada", "admin"]);
    assert_ne!(written.code, 0, "{written:?}");
    sqlx::raw_sql(
        "insert into rule values (1, 'tamara', 'approved', 'capture', 'merchant', 'fully_captured', '', 'seed', 'capture', true, false, true, 'none')",
    )
    .execute(&mut psql)
    .await
    .unwrap();
    let refused = book.run(&["board"]);
    assert!(refused.code != 0 && refused.err.contains("not this program's"), "{refused:?}");
}

/// If the program cannot connect, the exit code is 3: no database.
#[tokio::test]
async fn who_cannot_come_in_has_no_database() {
    let book = book().await;
    for url in [
        book.url().replace(&book.name, "nowhere"),
        book.url().replace("recourse@", "nobody@"),
        "mysql://a@b/c".to_owned(),
    ] {
        let told = told(program(&["board"]).env("DATABASE_URL", &url));
        assert_eq!(told.code, 3, "{url}: {told:?}");
    }
}

/// One database has several schemas, each with a book of its own.
#[tokio::test]
async fn a_second_schema_has_its_own_book() {
    let book = book().await;
    for schema in ["second", "third"] {
        let made = book.run(&["migrate", "--schema", schema]);
        assert_eq!(made.code, 0, "{made:?}");
    }
    let fact = r#"{"type":"opened","provider":"tamara","order":"S-1","at":"2026-11-20T09:00:00Z","currency":"SAR","amount":"1.00"}"#;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, fact).unwrap();
    assert_eq!(book.run(&["import", file.path().to_str().unwrap(), "--schema", "second"]).code, 0);
    for (schema, code) in [("second", 0), ("third", 1), ("recourse", 1)] {
        assert_eq!(book.run(&["show", "S-1", "--schema", schema]).code, code, "{schema}");
        assert_eq!(book.run(&["verify", "--schema", schema]).code, 0, "{schema}");
    }
}

/// Who owns a database, and is no superuser, sets it up without another step.
#[tokio::test]
async fn an_owner_who_is_no_superuser_sets_a_database_up() {
    let book = book().await;
    let mut psql = book.psql().await;
    let owner = format!("owner_{}", std::process::id());
    let sql = format!(
        "drop schema recourse cascade; drop schema recourse_masked cascade; create role {owner} login createrole;
         do $$ begin execute format('alter database %I owner to {owner}', current_database()); end $$;
         do $$ begin
           -- As if this login had made the roles.
           if current_setting('server_version_num')::int >= 160000 then
             execute 'grant recourse_writer, recourse_owner to {owner} with admin true, inherit false, set false';
           end if; end $$"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
    let run = |words: &[&str]| {
        let mut command = book.command(words);
        super::harness::told(command.env("DATABASE_URL", book.url_of(&owner)))
    };
    for words in [&["migrate"][..], &["people", "add", "ada", "admin"], &["doctor"], &["verify"]] {
        let told = run(words);
        assert!(told.code == 0 || (words[0] == "doctor" && told.code == 1), "{words:?}: {told:?}");
        assert!(!told.out.contains("fail "), "{told:?}");
    }
    let sql = format!(
        "do $$ begin execute format('alter database %I owner to recourse', current_database()); end $$; reassign owned by {owner} to recourse; drop owned by {owner}; drop role {owner}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut psql).await.unwrap();
}
