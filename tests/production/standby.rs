//! A standby is read like any other server, and says that it takes no writes.

use super::cluster::{Cluster, check, recourse};
use super::harness::program;
use super::pty::Terminal;
use portable_pty::CommandBuilder;

#[test]
fn a_standby_is_read_and_not_written() {
    let primary = Cluster::primary();
    check(&recourse(&primary.url(), &["board"]), 0, "");
    let lines = program(&["sample", "--orders", "60"]).output().unwrap().stdout;
    let file = super::cluster::folder("sample");
    std::fs::write(&file, lines).unwrap();
    let standby = primary.standby();
    let both = standby.url_of_both(&primary);
    let import = recourse(&both, &["import", file.to_str().unwrap()]);
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(import.code, 0 | 1), "writes go to the host that takes them: {import:?}");

    let url = standby.url();
    primary.sql("postgres", "select pg_switch_wal()");
    let (here, there) = (recourse(&primary.url(), &["board", "--json"]), recourse(&url, &["board", "--json"]));
    assert_eq!((here.code, &here.out), (there.code, &there.out));
    check(&recourse(&url, &["case", "list"]), 0, "");
    check(&recourse(&url, &["verify"]), 0, "");
    check(&recourse(&url, &["policy", "--set", "/dev/null"]), 2, "standby and takes no writes");
    check(&recourse(&url, &["clock", "--once"]), 2, "connect to the primary server");
    check(&recourse(&url, &["doctor"]), 0, "a standby: read-only");
    check(&recourse(&both, &["doctor"]), 0, "can be written");
    check(&recourse(&format!("{both}&target_session_attrs=standby"), &["clock", "--once"]), 2, "standby");
    check(
        &recourse(&format!("{}&target_session_attrs=read-write", standby.url()), &["board"]),
        3,
        "not one that takes writes",
    );

    // The console reads it, too, and follows what comes from the primary.
    let mut command = CommandBuilder::new(super::harness::PROGRAM);
    command.env_clear();
    command.env("HOME", "/nonexistent");
    let mut console = Terminal::on(&url, command);
    console.wait("live");
    let opened = r#"{"type":"opened","provider":"tamara","order":"NEWS-1","at":"2026-11-27T09:00:00Z","currency":"SAR","amount":"1.00","merchant":"m"}"#;
    let file = super::cluster::folder("news");
    std::fs::write(&file, opened).unwrap();
    check(&recourse(&primary.url(), &["import", file.to_str().unwrap()]), 0, "");
    std::fs::remove_file(&file).unwrap();
    console.send(":view Due in 6 hours\r").wait("NEWS-1");
    console.send("2").wait("Timeline,");
    console.send("\x03").ended();
}

/// What only reads goes to the standby that is named for it, and says how far behind that is; what writes goes to the primary.
#[test]
fn reports_are_read_from_a_standby() {
    let primary = Cluster::primary();
    check(&recourse(&primary.url(), &["board"]), 0, "");
    let standby = primary.standby();
    let (writes, reads) = (primary.url(), standby.url());
    let run = |words: &[&str]| {
        super::harness::told(program(words).env("DATABASE_URL", &writes).env("RECOURSE_READ_URL", &reads))
    };
    let opened = |id: &str| {
        let line = format!(
            r#"{{"type":"opened","provider":"tamara","order":"{id}","at":"2026-11-27T09:00:00Z","currency":"SAR","amount":"1.00","merchant":"m"}}"#
        );
        let file = super::cluster::folder(id);
        std::fs::write(&file, line).unwrap();
        let told = run(&["import", file.to_str().unwrap()]);
        std::fs::remove_file(&file).unwrap();
        assert_eq!((told.code, told.err.contains("standby")), (0, false), "{told:?}");
    };
    opened("FIRST-1");
    let seen = || run(&["orders", "--json"]);
    primary.until("it is there", || seen().out.contains("FIRST-1"));
    assert!(seen().err.contains("read from a standby, 0 s behind"), "{:?}", seen());
    let metrics = run(&["metrics", "--once"]);
    assert!(metrics.out.contains("recourse_standby_lag_seconds 0"), "{metrics:?}");
    assert_eq!(run(&["show", "FIRST-1"]).code, 0);

    // It stands still: nothing new comes, and every answer says how old it is.
    standby.sql("book", "select pg_wal_replay_pause()");
    opened("LATER-2");
    std::thread::sleep(std::time::Duration::from_secs(6));
    let told = seen();
    assert!(!told.out.contains("LATER-2") && !told.err.contains(" 0 s behind"), "{told:?}");
    let mut command = CommandBuilder::new(super::harness::PROGRAM);
    command.env_clear();
    command.env("HOME", "/nonexistent");
    command.env("RECOURSE_READ_URL", &reads);
    command.arg("--read-only");
    let mut console = Terminal::on(&writes, command);
    console.wait("s behind");
    standby.sql("book", "select pg_wal_replay_resume()");
    console.wait("live, standby");
    console.send("\x03").ended();

    // Without it nothing is read in secret from elsewhere.
    let gone = super::harness::told(
        program(&["board"]).env("DATABASE_URL", &writes).env("RECOURSE_READ_URL", "postgres://a@127.0.0.1:1/x"),
    );
    check(&gone, 3, "127.0.0.1");
    let password = program(&["board", "--read-url", "postgres://a:b@127.0.0.1:1/x"]).output().unwrap();
    assert_eq!(password.status.code(), Some(2));
}
