//! What each login may do, in psql and with the program, once people are registered.

use chrono::{TimeDelta, Utc};
use recourse::domain::*;
use recourse::store::Store;
use recourse::store::cases::presence;
use recourse::store::feed::{self, Place};
use serde_json::json;
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection};

use super::harness::raw::moved;
use super::harness::{Book, access, book, put, way_to};
use super::writes::writes;

/// The logins, with the role of the database and the role of the person that each has.
pub const LOGINS: [(&str, &str, Option<&str>); 9] = [
    ("h_viewer", "recourse_writer", Some("viewer")),
    ("h_agent", "recourse_writer", Some("agent")),
    ("h_lead", "recourse_writer", Some("lead")),
    ("h_ops", "recourse_writer", Some("ops")),
    ("h_admin", "recourse_writer", Some("admin")),
    ("h_none", "recourse_writer", None),
    ("h_intake", "recourse_writer, recourse_intake", None),
    ("h_reader", "recourse_reader", Some("lead")),
    ("h_masked", "recourse_masked", Some("lead")),
];

/// A book with these people, an order at each provider, and a disputed one with a case.
pub async fn peopled() -> Book {
    let book = book().await;
    for (login, role, _) in LOGINS {
        book.login(login, role).await;
    }
    let opened = Utc::now() - TimeDelta::hours(5);
    for (id, provider, goal) in [
        ("T-1", TAMARA, tamara::Status::Approved.status()),
        ("T-2", TAMARA, tamara::Status::Authorised.status()),
        ("T-3", TAMARA, tamara::Status::Approved.status()),
        ("A-1", ATARAPAY, atarapay::Status::Accepted.status()),
        ("D-1", ATARAPAY, atarapay::Status::Disputed.status()),
    ] {
        let currency = if provider == TAMARA { Currency::Sar } else { Currency::Ngn };
        // The deadline of this one has passed.
        let opened = if id == "T-3" { opened - TimeDelta::days(4) } else { opened };
        let order = Order::open(OrderKey::new(provider, id).unwrap(), Money::new(500_000_000, currency), opened);
        put(&book.store, &order, &way_to(&order, goal)).await;
    }
    let held = json!({"type": "notification", "provider": "tamara", "at": Utc::now() + TimeDelta::minutes(5),
        "body": {"order_id": "T-2", "event_type": "order_refunded", "data": {"refund_id": "r", "capture_id": "c", "comment": "", "refunded_amount": {"amount": "1.00", "currency": "SAR"}}}});
    assert!(book.import(held.to_string().as_bytes()).out.contains(r#""quarantined":1"#));
    assert_eq!(book.run(&["people", "add", "h_admin", "admin", "--as", "h_admin"]).code, 0);
    for (login, _, role) in LOGINS {
        if let Some(role) = role.filter(|role| *role != "admin") {
            assert_eq!(book.run(&["people", "add", login, role, "--as", "h_admin"]).code, 0, "{login}");
        }
    }
    book
}

pub async fn psql(book: &Book, login: &str) -> PgConnection {
    book.options().username(login).disable_statement_logging().connect().await.unwrap()
}

/// A session of a login that lasts, for attacks by two at once.
pub async fn begin(book: &Book, login: &str) -> PgConnection {
    let mut session = psql(book, login).await;
    sqlx::raw_sql("set search_path = recourse").execute(&mut session).await.unwrap();
    session
}

pub async fn run(session: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(session).await.map(|_| ())
}

/// A number that the database says, asked as its superuser.
pub async fn number(book: &Book, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut book.psql().await).await.unwrap()
}

/// Runs SQL as a login, in a transaction that is taken back; returns what refused it.
pub async fn tries(book: &Book, login: &str, sql: &str) -> Option<String> {
    let mut session = psql(book, login).await;
    sqlx::raw_sql("set search_path = recourse; begin").execute(&mut session).await.unwrap();
    let sql = format!("{sql}; set constraints all immediate");
    let error = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut session).await.err()?;
    let database = error.into_database_error().unwrap();
    Some(database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned))
}

#[tokio::test]
async fn each_login_writes_what_its_roles_permit() {
    let book = peopled().await;
    let mut wrong = Vec::new();
    for (sql, may) in writes() {
        for (login, ..) in LOGINS {
            let refused = tries(&book, login, &sql).await;
            let known = refused.as_ref().is_none_or(|by| {
                ["role_permits", "login_is_intake", "login_acts_for_itself", "person_change_by_admin"]
                    .contains(&by.as_str())
                    || by.contains("permission denied")
            });
            if refused.is_none() != may.contains(&login) || !known {
                wrong.push(format!("{login}: {refused:?}: {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A viewer, an agent and everyone else without the role for it imports nothing, quarantine included.
#[tokio::test]
async fn an_import_needs_the_right_to_import() {
    let book = peopled().await;
    let at = Utc::now() - TimeDelta::minutes(30);
    let lines = [
        json!({"type": "moved", "provider": "atarapay", "order": "D-1", "at": at, "action": "settle", "actor": "dispute_manager", "to_seller": "5000000.00", "to_buyer": "0"}),
        json!({"type": "notification", "provider": "tamara", "at": at, "body": {"order_id": "T-1", "order_number": "1001", "event_type": "order_approved", "data": []}}),
    ];
    let file = std::env::temp_dir().join(format!("{}-hostile", book.name));
    std::fs::write(&file, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let name = file.to_str().unwrap();
    let before = book.run(&["quarantine", "--json"]).out;
    for login in ["h_viewer", "h_agent", "h_lead", "h_ops", "h_admin", "h_none"] {
        let told = book.run_as(login, &["import", name, "--json"]);
        assert_eq!((told.code, told.one()["why"].as_str()), (4, Some("not_yours")), "{login}: {told:?}");
    }
    assert_eq!(book.run(&["import", name, "--as", "h_viewer"]).code, 4, "nor in the name of one");
    assert_eq!(book.run(&["quarantine", "--json"]).out, before);
    assert_eq!(book.run(&["show", "D-1", "--json"]).one()["status"], "disputed");
    let told = book.run_as("h_intake", &["import", name, "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// A person who works on facts in quarantine releases one, although the person may not import.
#[tokio::test]
async fn a_person_releases_what_is_in_quarantine() {
    let book = peopled().await;
    let ops = |words: &[&str]| book.run_as("h_ops", words);
    let held = book.run(&["quarantine", "--json"]).one();
    let id = held["id"].to_string();
    assert_eq!(book.run_as("h_agent", &["quarantine", "dismiss", &id, "--note", "no"]).code, 4);
    // What it reports becomes lawful, and is recorded with the person's move.
    let told = ops(&["act", "T-2", "capture", "--amount", "100", "--json"]);
    assert_eq!(told.code, 0, "{told:?}");
    let shown = book.run(&["show", "T-2", "--json"]).one();
    assert_eq!(shown["status"], "partially_refunded", "{shown}");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// What is reported above the limit decides money: it waits until a lead applies it.
#[tokio::test]
async fn a_reported_decision_above_the_limit_waits_for_a_lead() {
    let book = peopled().await;
    let at = Utc::now() + TimeDelta::minutes(2);
    let settle = |order: &str, amount: &str| json!({"type": "moved", "provider": "atarapay", "order": order, "at": at, "action": "settle", "actor": "dispute_manager", "to_seller": amount, "to_buyer": "0"});
    assert!(book.import(settle("D-1", "5000000.00").to_string().as_bytes()).out.contains(r#""quarantined":1"#));
    let held = book.run(&["quarantine", "--kind", "limit", "--json"]).one();
    let id = held["id"].to_string();
    let apply = ["quarantine", "apply", &id, "--reading", "1", "--note", "asked AtaraPay"];
    assert_eq!(book.run_as("h_agent", &apply).code, 4);
    assert_eq!(book.run_as("h_ops", &apply).code, 4);
    let raw = "insert into transition (order_id) values ('atarapay:D-1')";
    assert!(tries(&book, "h_agent", raw).await.is_some());
    // Who releases it records what it says, and nothing else.
    let other = moved(
        "atarapay:D-1",
        "settle",
        "dispute_manager",
        "dispute_resolved",
        &[
            ("source", "'notification'"),
            ("recorder", "session_user"),
            ("happened_at", "now()"),
            ("to_seller", "o.amount - 1"),
            ("to_buyer", "1"),
            ("outcome", "'split'"),
        ],
    );
    let sql = format!("select quarantine_settled({id}, 'applied', 'x', session_user); {other}");
    assert_eq!(tries(&book, "h_lead", &sql).await.as_deref(), Some("login_is_intake"));
    let told = book.run_as("h_lead", &apply);
    assert_eq!(told.code, 0, "{told:?}");
    let shown = book.run(&["show", "D-1", "--json"]).one();
    assert_eq!(shown["status"], "dispute_resolved");
    assert_eq!(book.faults().await, Vec::<String>::new());
}

/// Where someone else may create objects, they could stand in front of the program's own.
#[tokio::test]
async fn nothing_is_put_in_front_of_the_programs_objects() {
    let book = peopled().await;
    let mut owner = book.psql().await;
    let public: bool = sqlx::query_scalar("select has_schema_privilege('h_agent', 'public', 'create')")
        .fetch_one(&mut owner)
        .await
        .unwrap();
    assert!(!public);
    for grantee in ["h_agent", "public"] {
        sqlx::raw_sql(AssertSqlSafe(format!("grant create on schema recourse to {grantee}")))
            .execute(&mut owner)
            .await
            .unwrap();
        let told = book.run(&["board"]);
        let who = if grantee == "public" { "everyone" } else { grantee };
        assert!(told.code != 0 && told.err.contains(&format!("{who} may create objects")), "{told:?}");
        sqlx::raw_sql(AssertSqlSafe(format!("revoke create on schema recourse from {grantee}")))
            .execute(&mut owner)
            .await
            .unwrap();
    }
    assert_eq!(book.run(&["board"]).code, 0);
    // A name in a schema of one's own changes nothing: the path is the program's.
    let mine = "create function pg_temp.acts_as(person text) returns void language sql as ''";
    assert!(
        tries(
            &book,
            "h_viewer",
            &format!("{mine}; insert into view_change (name, query, changed_by) values ('v', 'q', 'h_admin')")
        )
        .await
        .is_some()
    );
}

/// A policy that removes limits by its shape is no policy.
#[tokio::test]
async fn a_policy_fails_closed() {
    let book = peopled().await;
    let set = |body: &str| {
        format!(
            "insert into desk_policy (number, body, source, recorder) select number + 1, {body}, '', session_user from desk_policy order by number desc limit 1"
        )
    };
    for body in [
        "'{}'",
        "'[]'",
        "'null'",
        "'1'",
        "body - 'limits'",
        "jsonb_set(body, '{limits}', '{}')",
        "jsonb_set(body, '{limits,NGN}', '\"none\"')",
        "body #- '{limits,USD}'",
        "jsonb_set(body, '{limits,NGN}', '-1')",
        "jsonb_set(body, '{limits,NGN}', '1.5')",
        "jsonb_set(body, '{lease}', '0')",
        "body - 'plans_need_approval'",
        "jsonb_set(body, '{clocks,decision}', '{}')",
        "jsonb_set(body, '{hours}', '[]')",
    ] {
        assert_eq!(tries(&book, "h_admin", &set(body)).await.as_deref(), Some("desk_policy_shape"), "{body}");
    }
    assert_eq!(tries(&book, "h_admin", &set("jsonb_set(body, '{limits,NGN}', 'null')")).await, None);
    assert_eq!(tries(&book, "h_admin", &set("jsonb_set(body, '{plans_need_approval}', 'true')")).await, None);
}

/// What a person's own login tries in psql, and what refuses it.
#[tokio::test]
async fn the_law_holds_for_a_persons_own_statements() {
    let book = peopled().await;
    let by = [("source", "'console'"), ("recorder", "session_user")];
    let expire =
        |note: &'static str| moved("tamara:T-1", "expire", "clock", "expired", &[&by[..], &[("note", note)]].concat());
    let capture = |at: &'static str| {
        let amounts = [("amount", "100"), ("captured", "100"), ("happened_at", at)];
        moved("tamara:T-2", "capture", "merchant", "partially_captured", &[&by[..], &amounts].concat())
    };
    let hand = "insert into case_event (order_id, number, what, recorder) values ('atarapay:D-1', 1, 'claimed', session_user);
        insert into case_event (order_id, number, what, person, words, recorder) values ('atarapay:D-1', 1, 'handed_over', 'h_viewer', 'x', session_user)";
    for (login, sql, expect) in [
        ("h_ops", expire("'asked'"), "transition_expiry_when_due"),
        ("h_ops", expire("' '"), "transition_proof_given"),
        ("h_ops", capture("'1971-01-01Z'"), "transition_time_by_database"),
        ("h_ops", capture("now() - interval '1 hour'"), "transition_time_by_database"),
        ("h_agent", hand.to_owned(), "case_event_handed_to_person"),
        (
            "h_ops",
            "select quarantine_settled(id, 'applied', 'x', session_user) from quarantine".to_owned(),
            "quarantine_applied_recorded",
        ),
        ("h_viewer", "select case_locked('atarapay:D-1', 1)".to_owned(), "role_permits"),
        ("h_none", "select case_locked('atarapay:D-1', 1)".to_owned(), "role_permits"),
        ("h_viewer", "select paid_by('atarapay', 'TRF-1', '', '')".to_owned(), "role_permits"),
        ("h_none", "select case_sweep(10)".to_owned(), "role_permits"),
        ("h_viewer", "select take_turn('people', true)".to_owned(), "permission denied for function take_turn"),
    ] {
        assert_eq!(tries(&book, login, &sql).await.as_deref(), Some(expect), "{login}: {sql}");
    }
    // A report from the future would hide that nothing runs, and one from no time at all stop what reads it.
    let beat = |at: &str| format!("select recourse.heart_beats('clock', '{at}', 60, session_user)");
    assert_eq!(tries(&book, "h_agent", &beat("infinity")).await.as_deref(), Some("moment_plausible"));
    let mut agent = psql(&book, "h_agent").await;
    sqlx::raw_sql(AssertSqlSafe(beat("9989-01-01"))).execute(&mut agent).await.unwrap();
    assert_eq!(book.run(&["metrics", "--once"]).code, 0);
}

/// The owner writes events like everyone else: what follows from others does not come from a statement of its own, and verify names what
/// the owner recorded without a role.
#[tokio::test]
async fn the_owner_needs_a_role_too() {
    let book = peopled().await;
    let mut owner = book.psql().await;
    for (sql, expect) in [
        (
            "insert into case_event (order_id, number, what, actor, recorder) values ('atarapay:D-1', 1, 'decided', 'provider', session_user)",
            "case_event_by_person",
        ),
        (
            "insert into case_event (order_id, number, what, words, actor, recorder) values ('atarapay:D-1', 1, 'returned', 'x', 'clock', '')",
            "case_event_by_person",
        ),
        (
            "insert into case_event (order_id, number, what, recorder) values ('atarapay:D-1', 1, 'claimed', session_user)",
            "role_permits",
        ),
        ("delete from turn", "append_only"),
    ] {
        let sql = format!("begin; set local search_path = recourse; set local role recourse_owner; {sql}");
        let error = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut owner).await.unwrap_err();
        let constraint = error.as_database_error().and_then(|error| error.constraint()).unwrap_or_default().to_owned();
        assert_eq!(constraint, expect);
        sqlx::raw_sql("rollback").execute(&mut owner).await.unwrap();
    }
    assert_eq!(book.run_as("h_agent", &["case", "take", "D-1"]).code, 0);
    assert_eq!(book.faults().await, Vec::<String>::new());
    let sly = "set session_replication_role = replica; update recourse.person_change set changed_at = changed_at - interval '1 hour';
        update recourse.case_event set recorder = 'h_viewer' where what = 'claimed'";
    sqlx::raw_sql(sly).execute(&mut owner).await.unwrap();
    let faults = book.faults().await.join("\n");
    assert!(faults.contains("h_viewer had no role for this then: case claim"), "{faults}");
}

/// Someone who may only read, or nothing at all, stops no one's work and holds back no news.
#[tokio::test]
async fn a_reader_stops_no_one() {
    let book = peopled().await;
    let locks = "begin; select pg_advisory_lock(hashtext(name)) from unnest(array['recourse people', 'recourse tally', 'recourse watch']) name";
    let keyed = "select pg_advisory_lock(hashtext('recourse plan'), 1), pg_advisory_lock(hashtext('recourse edit'), hashtext('atarapay:D-1'))";
    let mut reader = psql(&book, "h_reader").await;
    for sql in [locks, keyed, "select pg_current_xact_id()"] {
        sqlx::raw_sql(sql).execute(&mut reader).await.unwrap();
    }
    for sql in ["select take_turn('people', true)", "select from turn for update"] {
        assert!(tries(&book, "h_reader", sql).await.unwrap().contains("permission denied"), "{sql}");
    }
    // Who works nowhere, or is no server, holds no table and no row.
    let tables: Vec<String> = sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'recourse'")
        .fetch_all(&mut book.psql().await)
        .await
        .unwrap();
    assert!(tables.len() > 50, "{tables:?}");
    for (login, ..) in LOGINS.iter().filter(|(_, role, _)| !role.contains("intake")) {
        for table in &tables {
            for sql in [format!("lock table {table} in share mode"), format!("select from {table} for share")] {
                let refused = tries(&book, login, &sql).await;
                assert!(
                    refused.as_ref().is_some_and(|by| by.contains("permission denied")),
                    "{login}: {refused:?}: {sql}"
                );
            }
        }
    }
    let mut place = Place::head(&book.store.pool).await.unwrap().0;
    assert_eq!(book.run(&["people", "add", "h_none", "viewer", "--as", "h_admin"]).code, 0);
    let made = book.run_as("h_ops", &["plan", "make", "T-1", "--json"]);
    assert_eq!(made.code, 0, "{made:?}");
    let ran = book.run_as("h_ops", &["plan", "run", "1", "--json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    feed::fold(&book.store.pool).await.unwrap();
    let news = feed::since(&book.store.pool, &mut place, 10).await.unwrap();
    assert_eq!(news.iter().map(|news| news.order_id.as_str()).collect::<Vec<_>>(), ["tamara:T-1"]);
    assert_eq!(feed::pulse(&book.store.pool, "ada", 10).await.unwrap().behind, 0.0);
    // A writer's transaction that could still write holds it back, and is named.
    let mut writer = psql(&book, "h_agent").await;
    sqlx::raw_sql("begin; select pg_current_xact_id()").execute(&mut writer).await.unwrap();
    assert_eq!(book.run_as("h_agent", &["case", "take", "D-1"]).code, 0);
    assert_eq!(feed::since(&book.store.pool, &mut place, 10).await.unwrap().len(), 0);
    let beat = feed::pulse(&book.store.pool, "ada", 10).await.unwrap();
    assert!(beat.behind > 0.0 && beat.holder.as_deref() == Some("h_agent"), "cases are news, too: {beat:?}");
    sqlx::raw_sql("rollback").execute(&mut writer).await.unwrap();
    assert_eq!(feed::since(&book.store.pool, &mut place, 10).await.unwrap().len(), 1);
}

/// Drafts are one's own, to read and to write; presence is one's own to write, and taking over works for two logins.
#[tokio::test]
async fn drafts_and_presence_are_ones_own() {
    let book = peopled().await;
    let (mut agent, mut lead) = (psql(&book, "h_agent").await, psql(&book, "h_lead").await);
    let draft = "select recourse.case_drafted('atarapay:D-1', 1, session_user, 'note', 'mine')";
    sqlx::raw_sql(draft).execute(&mut agent).await.unwrap();
    for (session, seen) in [(&mut agent, 1_i64), (&mut lead, 0)] {
        let count: i64 =
            sqlx::query_scalar("select count(*) from recourse.case_draft").fetch_one(session).await.unwrap();
        assert_eq!(count, seen);
    }
    let edit = |session: &str, take: bool| {
        format!(
            "select recourse.case_edit('atarapay:D-1', 1, '00000000-0000-0000-0000-00000000000{session}', session_user, {take})"
        )
    };
    let may = async |session: &mut PgConnection, sql: String| {
        sqlx::query_scalar::<_, bool>(AssertSqlSafe(sql)).fetch_one(session).await.unwrap()
    };
    assert!(may(&mut agent, edit("1", false)).await);
    assert!(!may(&mut lead, edit("2", false)).await, "the agent writes");
    assert!(may(&mut lead, edit("2", true)).await, "the lead takes over");
    let editing: Vec<String> = sqlx::query_scalar("select person from recourse.case_presence where editing")
        .fetch_all(&mut agent)
        .await
        .unwrap();
    assert_eq!(editing, ["h_lead"]);
    // Those who may not work on cases see who does.
    let viewer = Store::enter(&access(), book.options().username("h_viewer")).await.unwrap();
    let seen = presence::seen(&viewer, uuid::Uuid::from_u128(9), "atarapay:D-1", 1).await.unwrap();
    assert_eq!(seen.iter().map(|it| it.person.as_str()).collect::<Vec<_>>(), ["h_lead", "h_agent"]);
    let left = |who: &str| format!("select case_left('00000000-0000-0000-0000-000000000002', '{who}')");
    assert_eq!(tries(&book, "h_agent", &left("h_lead")).await.as_deref(), Some("login_acts_for_itself"));
    sqlx::raw_sql(AssertSqlSafe(format!("set search_path = recourse; {}", left("h_agent"))))
        .execute(&mut agent)
        .await
        .unwrap();
    let there: i64 = sqlx::query_scalar("select count(*) from recourse.case_presence where person = 'h_lead'")
        .fetch_one(&mut agent)
        .await
        .unwrap();
    assert_eq!(there, 1, "the lead's session stays");
    for sql in [
        "delete from case_presence",
        "update case_presence set editing = false",
        "update case_draft set body = ''",
        "insert into case_draft values ('atarapay:D-1', 1, session_user, 'note', 'b')",
    ] {
        assert!(tries(&book, "h_agent", sql).await.unwrap().contains("permission denied"), "{sql}");
    }
}

/// Who may only read can use everything that only reads.
#[tokio::test]
async fn a_reader_reads_with_every_command() {
    let book = peopled().await;
    for login in ["h_reader", "h_masked"] {
        for words in [
            "board",
            "orders",
            "show T-1",
            "actions T-1",
            "case list",
            "case show D-1",
            "case queues",
            "export",
            "report",
            "quarantine",
            "inbox",
            "people",
            "policy",
            "plan",
            "view",
            "stuck",
            "stuck grid",
            "stuck flow",
            "stuck why T-1",
            "stuck alerts",
            "stuck alerts --history",
            "stuck --once",
            "metrics --once",
            "doctor",
            "letter D-1 --for buyer",
        ] {
            let told = book.run_as(login, &words.split(' ').collect::<Vec<_>>());
            let all = format!("{}{}", told.out, told.err);
            assert!(!all.contains("does not allow") && !all.contains("permission denied"), "{login} {words}: {told:?}");
            // Alerts have exit codes of their own; and nothing is decided about D-1 yet.
            let may_fail = ["stuck --once", "doctor", "letter D-1 --for buyer"].contains(&words);
            assert!(told.code == 0 || may_fail, "{login} {words}: {told:?}");
        }
    }
}
