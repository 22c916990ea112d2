//! What was left of an attack: times that no program can read, rows that say more than their shape, and free text where a masked reader
//! sees codes.

use super::harness::raw::past_guards;
use super::logins::{begin, number, peopled, psql, run, tries};

/// Every time in the schema is one that every program can read: by its type, or by a rule of its table.
#[tokio::test]
async fn no_table_takes_infinity() {
    let book = peopled().await;
    let open = "select string_agg(a.attrelid::regclass || '.' || a.attname, ' ' order by 1) from pg_attribute a join pg_class t on t.oid = a.attrelid
        where t.relnamespace = 'recourse'::regnamespace and t.relkind = 'r' and t.relname <> '_sqlx_migrations' and a.atttypid in ('timestamptz'::regtype, 'date'::regtype)
        and not exists (select from pg_constraint c where c.conrelid = t.oid and c.contype = 'c' and pg_get_constraintdef(c.oid) ~ ('\\m' || a.attname || '\\M'))";
    let open: Option<String> = sqlx::query_scalar(open).fetch_one(&mut book.psql().await).await.unwrap();
    // The log's triggers write these, from times that were judged; the days of what a provider lists are compared, and never read.
    let derived = [
        "orders.changed_at",
        "orders.due_at",
        "orders.entered_at",
        "orders.moved_at",
        "orders.opened_at",
        "transition.due_at",
        "transition.recorded_at",
        "watch_delta.hour",
        "watch_sum.hour",
        "seen_move.day",
    ];
    let open = open.unwrap_or_default();
    let left: Vec<&str> = open.split(' ').filter(|column| !derived.contains(column)).collect();
    assert_eq!(left, Vec::<&str>::new());
}

/// A policy says nothing that this program cannot read, at any depth.
#[tokio::test]
async fn a_policy_has_nothing_unknown() {
    let book = peopled().await;
    for place in [
        "zz",
        "retention,zz",
        "clocks,decision,zz",
        "hours,zz",
        "letters,zz",
        "limits,ZZ Hauwa",
        "requests,zz",
        "reasons,0,zz",
        "macros,0,zz",
    ] {
        let hours =
            "jsonb_set(body, '{hours}', '{\"zone\":\"+01:00\",\"days\":[1],\"from\":480,\"to\":1020,\"holidays\":[]}')";
        let set = format!("insert into desk_policy (number, body, source, recorder) select number + 1, jsonb_set({hours}, '{{{place}}}', '\"5\"'), source, 'h_admin'
            from desk_policy order by number desc limit 1");
        assert_eq!(tries(&book, "h_admin", &set).await.as_deref(), Some("desk_policy_shape"), "{place}");
    }
}

/// The epochs of the server stay as they were written, for the owner, too.
#[tokio::test]
async fn epochs_are_written_once() {
    let book = peopled().await;
    for change in ["update epoch set timeline = timeline + 1", "delete from epoch", "truncate epoch"] {
        let sql = format!("set search_path = recourse; set role recourse_owner; {change}");
        assert!(run(&mut book.psql().await, &sql).await.is_err(), "{change}");
    }
}

/// What people may write freely is shown to a masked reader where it is written like a code.
#[tokio::test]
async fn a_masked_reader_sees_codes_only() {
    let book = peopled().await;
    let free = "insert into recourse.alert_event (alert, seq, what, severity, since, said, at, recorder)
          values ('Hauwa 0803', 1, 'fired', 'warning', now(), 'Hauwa', now(), 'h'), ('refused/Hauwa Abubakar', 1, 'fired', 'warning', now(), 'Hauwa', now(), 'h'),
            ('refused/not_known', 1, 'fired', 'warning', now(), '', now(), 'h');
        insert into recourse.account_ask (id, account, what, asked_by) values (91, 'Hauwa 0803', 'check', 'h'), (92, 'riyadh-home', 'check', 'h')";
    run(&mut book.psql().await, &past_guards(free)).await.unwrap();
    let mut masked = psql(&book, "h_masked").await;
    let seen = |sql: &'static str| sqlx::query_scalar::<_, String>(sql);
    let alerts: Vec<String> = seen("select alert from recourse_masked.alert_event where recorder = 'h' order by 1")
        .fetch_all(&mut masked)
        .await
        .unwrap();
    assert_eq!(alerts, ["(hidden)", "(hidden)", "refused/not_known"]);
    let accounts: Vec<String> =
        seen("select account from recourse_masked.account_ask order by id").fetch_all(&mut masked).await.unwrap();
    assert_eq!(accounts, ["(hidden)", "riyadh-home"]);
    assert_eq!(number(&book, "select count(*) from recourse_masked.alert_event where said like '%Hauwa%'").await, 0);
    let paid = "insert into recourse.payment_reference values ('atarapay', 'hauwa 0803');
        insert into recourse.order_text (order_id, words) values ('atarapay:A-1', to_tsvector('simple', '') || array_to_tsvector(array['r:hauwa', 'r:trf-1']))";
    run(&mut book.psql().await, &past_guards(paid)).await.unwrap();
    let beats = "select recourse.heart_beats('Hauwa Abubakar', now(), 60, session_user)";
    run(&mut psql(&book, "h_agent").await, beats).await.unwrap();
    let tried = serde_json::json!({"type": "attempted", "provider": "tamara", "order": "T-1", "action": "authorise", "at": chrono::Utc::now(), "result": "409 Hauwa Abubakar"});
    assert!(book.import(tried.to_string().as_bytes()).code < 2);
    // Whatever table it went into.
    let views: Vec<String> =
        seen("select relname::text from pg_class where relnamespace = 'recourse_masked'::regnamespace")
            .fetch_all(&mut masked)
            .await
            .unwrap();
    for view in views {
        let rows = format!("select t::text from recourse_masked.{view} t");
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_all(&mut masked).await.unwrap();
        let found: Vec<&String> = rows.iter().filter(|row| row.contains("Hauwa")).collect();
        assert!(found.is_empty(), "{view}: {found:?}");
    }
    let references: Vec<String> =
        seen("select reference from recourse_masked.payment_reference").fetch_all(&mut masked).await.unwrap();
    assert_eq!(references, ["(hidden)"]);
    for (word, expect) in [("'r:hauwa'", 0), ("'r:hau':*", 0), ("'r:trf-1'", 0)] {
        let found = format!("select recourse_masked.orders_named('', array[$q${word}$q$], 9)");
        let found: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(found)).fetch_all(&mut masked).await.unwrap();
        assert_eq!(found.len(), expect, "{word}");
    }
    let mut admin = begin(&book, "h_admin").await;
    assert!(run(&mut admin, "select count(*) from alert_event").await.is_ok(), "others see them");
}
