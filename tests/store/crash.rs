//! An import that is killed at any moment and restarted on the same file ends like one clean run.

use std::io::Write;
use std::time::Duration;

use sqlx::AssertSqlSafe;

use super::harness::{Book, book};

/// The contents of a book, sorted independently of the order of import.
async fn everything(book: &Book) -> Vec<String> {
    let sql = "select to_jsonb(t) - 'id' - 'xid' - 'recorded_at' - 'hash' - 'prev_seq' - 'state' - 'before' - 'salt' - 'personal' as line, 0 from transition t
        union all select to_jsonb(c) - 'recorded_at', 1 from confirmation c
        union all select to_jsonb(q) - 'id' - 'received_at' - 'settled_at' - 'settled_xid', 2 from quarantine q
        union all select to_jsonb(f) - 'received_at' - 'xid' - 'epoch', 3 from fact f";
    let sql = format!("select line::text from ({sql}) it order by 1");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut book.psql().await).await.unwrap()
}

#[tokio::test]
async fn an_import_killed_again_and_again_ends_as_one_that_was_not() {
    let (clean, killed) = (book().await, book().await);
    let sample = clean.command(&["sample", "--orders", "1200", "--seed", "5", "--faults", "0.1"]).output().unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&sample.stdout).unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(clean.run(&["import", path]).code, 0);
    let mut kills = 0;
    for pause in (0..12).map(|step| Duration::from_millis(60 + 45 * step)) {
        let mut child = killed.command(&["import", path]).stdout(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(pause);
        kills += usize::from(child.try_wait().unwrap().is_none());
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(kills >= 4, "only {kills} imports were killed before they ended");
    let told = killed.run(&["import", path]);
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(everything(&killed).await, everything(&clean).await);
    assert_eq!(killed.faults().await, Vec::<String>::new());
}
