//! A masked reader works with orders and cases, and sees no names, phones, messages or files.

use sqlx::{AssertSqlSafe, ConnectOptions};

use super::erasure::{LEFT, ended, found};
use super::harness::{Book, told};

fn masked(book: &Book, words: &[&str]) -> (i32, String) {
    let mut command = book.command(words);
    command.env("DATABASE_URL", book.url().replace("recourse@", "m_masked@"));
    let told = told(&mut command);
    assert_eq!(told.err, "", "{words:?}");
    (told.code, told.out)
}

#[tokio::test]
async fn a_masked_reader_sees_no_one() {
    let book = ended().await;
    let make = "do $$ begin create role m_masked login in role recourse_masked; exception when duplicate_object or unique_violation then null; end $$";
    sqlx::raw_sql(make).execute(&mut book.psql().await).await.unwrap();
    for words in [
        &["show", "E-1"][..],
        &["show", "E-1", "--json"],
        &["case", "show", "E-1"],
        &["case", "list", "--queue", "closed"],
        &["orders", "--json", "--all"],
        &["export", "--format", "csv"],
        &["letter", "E-1", "--for", "buyer"],
        &["report", "--json"],
        &["board"],
        &["stuck"],
        &["plan"],
        &["inbox"],
        &["quarantine"],
        &["people"],
    ] {
        let (code, out) = masked(&book, words);
        assert_eq!(code, 0, "{words:?}: {out}");
        assert_eq!(found(&out.to_lowercase(), LEFT), Vec::<String>::new(), "{words:?}");
    }
    let finds = |query: &str| masked(&book, &["orders", "--json", "--all", "--where", query]).1.lines().count();
    assert_eq!((finds("E-1"), finds("merchant:105")), (1, 1), "by what is no one's name");
    assert_eq!((finds("okafor"), finds("buyer:okafor"), finds("8035550147"), finds("\"torn seam\"")), (0, 0, 0, 0));
    let refused = book.command(&["act", "E-1", "complete", "--json"]);
    let mut refused = refused;
    refused.env("DATABASE_URL", book.url().replace("recourse@", "m_masked@"));
    assert_eq!(told(&mut refused).code, 2, "it only reads");
}

/// In psql, too: the tables themselves are closed, and what is open has nothing of people.
#[tokio::test]
async fn in_psql_a_masked_reader_sees_no_one() {
    let book = ended().await;
    let make = "do $$ begin create role m_masked login in role recourse_masked; exception when duplicate_object or unique_violation then null; end $$";
    sqlx::raw_sql(make).execute(&mut book.psql().await).await.unwrap();
    let mut psql = book.options().username("m_masked").disable_statement_logging().connect().await.unwrap();
    let tables: Vec<(String, String)> = sqlx::query_as(
        "select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname in ('recourse', 'recourse_masked') and c.relkind in ('r', 'v') order by 1, 2",
    )
    .fetch_all(&mut psql)
    .await
    .unwrap();
    assert!(tables.len() > 80, "{tables:?}");
    for (schema, table) in tables {
        let read = sqlx::query_scalar(AssertSqlSafe(format!("select t::text from {schema}.{table} t")));
        let read: Result<Vec<String>, sqlx::Error> = read.fetch_all(&mut psql).await;
        match (schema.as_str(), read) {
            ("recourse", read) => assert!(read.is_err() || table == "_sqlx_migrations", "{table} is open"),
            (_, Ok(rows)) => {
                let rows = rows.iter().map(|row| format!("{table}: {}\n", row.to_lowercase())).collect::<String>();
                assert_eq!(found(&rows, LEFT), Vec::<String>::new());
            }
            (_, Err(error)) => panic!("{table}: {error}"),
        }
    }
    for probe in [
        "select recourse.orders_named('''b:okafor''', '{}', 9)",
        "select recourse_masked.orders_named('''b:okafor'':*', array['''n:torn'''], 9)",
        r"select recourse_masked.orders_named('x'::tsquery, array['n\:torn', 'n\:to:*', '\n:torn', '''n'':*'], 9)",
        r"select recourse_masked.orders_named('b\:okafor'::tsquery || '''b'':*'::tsquery, '{}', 9)",
    ] {
        let found: Vec<String> = sqlx::query_scalar(probe).fetch_all(&mut psql).await.unwrap_or_default();
        assert_eq!(found, Vec::<String>::new(), "{probe}");
    }
}
