//! A dump is restored on another server.

use super::cluster::{Cluster, check, folder, recourse};
use super::harness::program;

#[test]
fn a_dump_needs_the_roles_first() {
    let old = Cluster::primary();
    let file = folder("sample");
    std::fs::write(&file, program(&["sample", "--orders", "40"]).output().unwrap().stdout).unwrap();
    let import = recourse(&old.url(), &["import", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(import.code, 0 | 1), "{import:?}");
    let roles = old.run("pg_dumpall", &["-h", &old.sockets(), "-U", "recourse", "--roles-only"]);
    let dump = folder("dump");
    std::fs::write(&dump, old.run("pg_dump", &["-h", &old.sockets(), "-U", "recourse", "book"])).unwrap();
    let dump = dump.to_string_lossy().into_owned();
    let restore = |server: &Cluster, database: &str| {
        let sockets = server.sockets();
        server
            .command("psql", &["-h", &sockets, "-U", "recourse", "-qX", "-d", database, "-f", &dump])
            .output()
            .unwrap()
    };

    let new = Cluster::primary();
    restore(&new, "book");
    check(&recourse(&new.url(), &["doctor"]), 1, "Restore the roles (pg_dumpall --roles-only)");
    check(&recourse(&new.url(), &["board"]), 1, "the roles of recourse are missing");

    for role in roles.lines().filter(|line| line.contains(" recourse_")) {
        new.sql("postgres", role);
    }
    new.sql("postgres", "create database again");
    let done = restore(&new, "again");
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    std::fs::remove_file(&dump).unwrap();
    let url = new.url().replace("/book?", "/again?");
    check(&recourse(&url, &["board"]), 0, "");
    check(&recourse(&url, &["verify"]), 0, "");
    assert_eq!(new.sql("again", "select count(*) from recourse.epoch"), "2", "another server has an epoch of its own");
    check(&recourse(&url, &["doctor"]), 0, "held back for 0 s");
}

/// One workspace is dumped, dropped and restored; the other one does not notice.
#[test]
fn a_workspace_is_restored_alone() {
    let server = Cluster::primary();
    let url = server.url();
    for name in ["lagos", "gulf"] {
        check(&recourse(&url, &["workspace", "create", name]), 0, "--workspace");
    }
    let file = folder("orders");
    std::fs::write(&file, program(&["sample", "--orders", "30"]).output().unwrap().stdout).unwrap();
    let import = recourse(&url, &["import", file.to_str().unwrap(), "--workspace", "gulf"]);
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(import.code, 0 | 1), "{import:?}");
    let board = recourse(&url, &["board", "--json", "--workspace", "gulf"]).out;

    let sockets = server.sockets();
    let dump = folder("workspace");
    let words = ["-h", &sockets, "-U", "recourse", "-n", "gulf", "-n", "gulf_masked", "book"];
    std::fs::write(&dump, server.run("pg_dump", &words)).unwrap();
    check(&recourse(&url, &["workspace", "drop", "gulf", "--confirm", "gulf"]), 0, "is gone");
    check(&recourse(&url, &["board", "--workspace", "gulf"]), 1, "no workspace gulf here, but lagos");
    let path = dump.to_string_lossy().into_owned();
    let done = server.command("psql", &["-h", &sockets, "-U", "recourse", "-qX", "-d", "book", "-f", &path]).output();
    std::fs::remove_file(&dump).unwrap();
    assert_eq!(String::from_utf8_lossy(&done.unwrap().stderr), "");
    assert_eq!(recourse(&url, &["board", "--json", "--workspace", "gulf"]).out, board);
    for name in ["lagos", "gulf"] {
        check(&recourse(&url, &["verify", "--workspace", name]), 0, "");
    }
}
